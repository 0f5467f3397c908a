import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import * as known from "../support/accounts.ts";
import { ask, jsonOf, wechat } from "../support/gateway.ts";
import { signatureOf } from "../support/page-signature.ts";
import { fetchApp } from "../support/worker.ts";

const PAGE = `${known.PAGE_ORIGIN}/record.html?from=menu&x=%E8%AF%AD#/step/2`;
const SIGNED_PAGE = PAGE.split("#")[0] ?? "";
const AS_BACKEND = { authorization: `Bearer ${known.SIGNER_KEY}` };
const AS_PAGE = { authorization: "none", origin: known.PAGE_ORIGIN };

interface Signed {
  appId: string;
  timestamp: number;
  nonceStr: string;
  signature: string;
}

const pathFor = (url: string, appId?: string) =>
  `/v1${appId === undefined ? "" : `/apps/${appId}`}/jsapi-signature?url=${encodeURIComponent(url)}`;
const sign = (url: string, headers: HeadersInit = AS_BACKEND) => ask(pathFor(url), { headers });

/** As WeChat checks it, with the ticket that it has given. */
async function fits(signed: Signed, url: string, ticket: string | null): Promise<boolean> {
  return signed.signature === (await signatureOf(ticket, signed, url));
}

describe("a backend with the scope jsapi:sign", () => {
  it("gets what wx.config is called with, for a page of any site, to be kept nowhere", async () => {
    const response = await sign(PAGE);
    expect(response.status).toBe(200);
    expect(response.headers.get("cache-control")).toBe("no-store");
    const signed = await jsonOf<Signed & Record<string, unknown>>(response);
    expect(signed).toEqual({
      appId: known.APP_ID,
      timestamp: expect.any(Number),
      nonceStr: expect.stringMatching(/^[0-9a-f]{32}$/),
      signature: expect.stringMatching(/^[0-9a-f]{40}$/),
    });
    expect(await fits(signed, SIGNED_PAGE, wechat.ticketOf(known.APP_ID))).toBe(true);
    expect(Math.abs(signed.timestamp - Date.now() / 1000)).toBeLessThan(60);
  });

  it("gets another nonce each time, and WeChat is asked for one ticket", async () => {
    const answers = await Promise.all(
      Array.from({ length: 50 }, async () => jsonOf<Signed>(await sign(PAGE))),
    );
    expect(new Set(answers.map(({ nonceStr }) => nonceStr)).size).toBe(50);
    expect(wechat.calls({ path: "/cgi-bin/ticket/getticket" })).toHaveLength(1);
  });

  it("gets a corp's signatures for wx.config and for wx.agentConfig", async () => {
    const path = pathFor(PAGE, known.CORP_ID);
    const config = await jsonOf<Signed>(await ask(path, { headers: AS_BACKEND }));
    const agent = await jsonOf<Signed>(await ask(`${path}&type=agent_config`, { headers: AS_BACKEND }));
    expect([config.appId, agent.appId]).toEqual([known.CORP_ID, known.CORP_ID]);
    expect(await fits(config, SIGNED_PAGE, wechat.ticketOf(known.CORP_ID))).toBe(true);
    expect(await fits(agent, SIGNED_PAGE, wechat.ticketOf(known.CORP_ID, "agent_config"))).toBe(true);
  });

  it("is told that only WeCom has the other type, before anybody is asked", async () => {
    const response = await ask(`${pathFor(PAGE)}&type=agent_config`, { headers: AS_BACKEND });
    expect(response.status).toBe(400);
    expect(await jsonOf(response)).toMatchObject({
      code: "request-invalid",
      detail: expect.stringContaining("only WeCom's apps"),
    });
    expect(wechat.calls()).toEqual([]);
  });

  it.each([
    ["", "url is missing"],
    ["?url=", "must be a page's whole address"],
    ["?url=/record.html", "must be a page's whole address"],
    ["?url=javascript:alert(1)", "must be a page's whole address"],
    ["?url=https://", "must be a page's whole address"],
    ["?url=https://page.example/a%20b", "must be a page's whole address"],
    ["?url=https://page.example/%0Aurl=x", "must be a page's whole address"],
    [`?url=https://page.example/${"x".repeat(4_100)}`, "at most 4096 characters"],
    ["?url=https://page.example/?a=1&b=2", "encodeURIComponent"],
    ["?url=https://page.example/&toString=1", "encodeURIComponent"],
    ["?url=https://page.example/&type=wx_card", "type must be one of: jsapi, agent_config"],
  ])("is told what is wrong with %s", async (query, words) => {
    const response = await ask(`/v1/jsapi-signature${query}`, { headers: AS_BACKEND });
    expect(response.status).toBe(400);
    expect(await jsonOf(response)).toMatchObject({
      code: "request-invalid",
      detail: expect.stringContaining(words),
    });
    expect(wechat.calls()).toEqual([]);
  });
});

describe("a page of a site in JSAPI_PAGE_ORIGINS", () => {
  it("gets its own address signed without a key, and may read the answer", async () => {
    const response = await sign(PAGE, AS_PAGE);
    expect(response.status).toBe(200);
    expect(response.headers.get("access-control-allow-origin")).toBe(known.PAGE_ORIGIN);
    expect(response.headers.get("vary")).toContain("Origin");
    expect(await fits(await jsonOf<Signed>(response), SIGNED_PAGE, wechat.ticketOf(known.APP_ID))).toBe(true);
  });

  it("gets it from any account", async () => {
    const response = await ask(pathFor(PAGE, known.OTHER_APP_ID), { headers: AS_PAGE });
    expect(await jsonOf(response)).toMatchObject({ appId: known.OTHER_APP_ID });
  });

  it.each([
    "https://other.example/record.html",
    "http://page.example/record.html",
    "https://page.example:8443/record.html",
    "https://page.example.other.example/",
    "https://page.example@other.example/",
    "https://other.example/?https://page.example/",
    "https://sub.page.example/",
  ])("gets no signature of %s", async (url) => {
    const response = await sign(url, AS_PAGE);
    expect(response.status).toBe(403);
    // The page may read why.
    expect(response.headers.get("access-control-allow-origin")).toBe(known.PAGE_ORIGIN);
    expect(await jsonOf(response)).toMatchObject({ code: "forbidden" });
    expect(wechat.calls()).toEqual([]);
  });

  it("may do nothing else without a key", async () => {
    for (const path of ["/v1/voices/voice-1.wav", "/v1/token", "/v1/accounts"]) {
      const response = await ask(path, { headers: AS_PAGE });
      expect(response.status).toBe(401);
      expect(response.headers.get("access-control-allow-origin")).toBeNull();
      await response.arrayBuffer();
    }
  });

  it("may ask beforehand", async () => {
    const response = await ask(pathFor(PAGE), {
      method: "OPTIONS",
      headers: {
        ...AS_PAGE,
        "access-control-request-method": "GET",
        "access-control-request-headers": "x-request-id",
      },
    });
    expect(response.status).toBe(204);
    expect(response.headers.get("access-control-allow-origin")).toBe(known.PAGE_ORIGIN);
  });
});

describe("everybody else", () => {
  it.each(["https://other.example", "https://page.example.other.example", "http://page.example", "null"])(
    "is refused when the page is of %j",
    async (origin) => {
      const response = await sign(`${origin}/record.html`, { authorization: "none", origin });
      expect(response.status).toBe(403);
      expect(response.headers.get("access-control-allow-origin")).toBeNull();
      expect(await jsonOf(response)).toMatchObject({ code: "forbidden" });
      expect(wechat.calls()).toEqual([]);
    },
  );

  it("is refused without key and page, or with a key that is wrong or may not sign", async () => {
    const statuses = await Promise.all(
      [
        { authorization: "none" },
        { authorization: "Bearer wrong", origin: known.PAGE_ORIGIN },
        { authorization: `Bearer ${known.READER_KEY}`, origin: known.PAGE_ORIGIN },
      ].map(async (headers) => {
        const response = await sign(PAGE, headers);
        await response.arrayBuffer();
        return response.status;
      }),
    );
    expect(statuses).toEqual([401, 401, 403]);
  });

  it("is refused where no site is listed, and no answer varies by who asks", async () => {
    const request = new Request(`https://hdvoice.test${pathFor(PAGE)}`, {
      headers: { origin: known.PAGE_ORIGIN },
    });
    const response = await fetchApp(request, { ...env, JSAPI_PAGE_ORIGINS: "" } as typeof env);
    expect(response.status).toBe(403);
    expect(response.headers.get("vary")).toBeNull();
    await response.arrayBuffer();
  });
});
