import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { utf8 } from "../../tools/simulator/bytes.ts";
import { encrypt } from "../../tools/simulator/push-cipher.ts";
import { createUrlCheck } from "../../tools/simulator/push-request.ts";
import * as known from "../support/accounts.ts";
import { ask, jsonOf, said, textOf } from "../support/gateway.ts";
import { createPush, send, TOKEN_ONLY, targetOf, WITH_KEY, WORK } from "../support/pushes.ts";
import { fetchApp } from "../support/worker.ts";
import { bend, world } from "../support/world.ts";

const path = (query: string, appId = known.PUSHED_APP_ID) => `/wechat/push/${appId}?${query}`;
const NO_KEY = { headers: { authorization: "none" } };
const TEXT = { MsgType: "text", Content: "hello" };
const FIVE_MINUTES_MS = 300_000;

/** WeChat's own page has this echo, signed at this second. */
const CHECKED_AT_MS = 1_714_036_504_000;
const CHECK =
  "signature=f464b24fc39322e44b38aa78f5edd27bd1441696&echostr=4375120948345356249&timestamp=1714036504&nonce=1514711492";

describe("GET /wechat/push/{appId}", () => {
  it("returns the console's echo, without an API key", async () => {
    bend({ stoppedAtMs: CHECKED_AT_MS });
    const response = await ask(path(CHECK), NO_KEY);
    expect([response.status, await textOf(response)]).toEqual([200, "4375120948345356249"]);
    expect(response.headers.get("content-type")).toMatch(/^text\/plain/);
  });

  it("returns no echo that was signed more than five minutes ago", async () => {
    bend({ stoppedAtMs: CHECKED_AT_MS + FIVE_MINUTES_MS + 1 });
    const response = await ask(path(CHECK), NO_KEY);
    expect(await jsonOf(response)).toMatchObject({ status: 403, code: "push-refused" });
  });

  it("returns WeCom's echo decrypted, and nothing else of WeCom's", async () => {
    const echoOf = async (text: string) => {
      const echo = await encrypt(utf8(text), WORK.signerAppId, WORK.encodingAesKey);
      const check = await createUrlCheck(targetOf(WORK), echo, world.nowMs(), { sender: "work" });
      const response = await fetchApp(check, env);
      return [response.status, await textOf(response)];
    };
    expect(await echoOf("1616140317555161061")).toEqual([200, "1616140317555161061"]);
    const [status, text] = await echoOf("<xml><Content><![CDATA[hello]]></Content></xml>");
    expect(status).toBe(403);
    expect(text).not.toContain("hello");
  });

  it("doesn't open a push that was captured, young as it may be", async () => {
    const captured = await createPush(WITH_KEY, TEXT, { mode: "safe", format: "json" });
    const { searchParams } = new URL(captured.url);
    searchParams.set("echostr", ((await captured.json()) as { Encrypt: string }).Encrypt);
    const response = await ask(path(searchParams.toString(), WITH_KEY.appId), NO_KEY);
    expect(await textOf(response)).not.toContain("hello");
  });
});

describe("POST /wechat/push/{appId}", () => {
  it("answers success to a message of WeChat's", async () => {
    expect(await send(await createPush(TOKEN_ONLY, TEXT, { mode: "plain", format: "xml" }))).toBe(
      "200 success",
    );
  });

  it.each(["hello", "", "<xml><a", '{"a":', "\0"])(
    "answers success also to %o, which it can't read, and says so in the log",
    async (body) => {
      const { url } = await createPush(TOKEN_ONLY, TEXT, { mode: "plain", format: "xml" });
      expect(await send(new Request(url, { method: "POST", body }))).toBe("200 success");
      expect(said.join("\n")).toContain('"event":"push-unreadable"');
    },
  );

  it("refuses what is longer than anything of WeChat's", async () => {
    const { url } = await createPush(TOKEN_ONLY, TEXT, { mode: "plain", format: "xml" });
    const request = new Request(url, { method: "POST", body: "x".repeat(70_000) });
    expect(await send(request)).toBe("413 request-too-large");
  });

  it.each([-1, 1])("refuses what was signed five minutes off, by %i", async (sign) => {
    const atMs = world.nowMs() + sign * (FIVE_MINUTES_MS + 2_000);
    for (const mode of ["plain", "safe"] as const) {
      const party = mode === "plain" ? TOKEN_ONLY : WITH_KEY;
      const response = await fetchApp(await createPush(party, TEXT, { mode, format: "xml" }, atMs), env);
      expect(await jsonOf(response)).toMatchObject({
        status: 403,
        code: "push-refused",
        title: "Push refused",
        detail: "The timestamp is more than five minutes away from this gateway's clock.",
      });
    }
  });

  it.each([
    ["plain, and a key is set", { ...WITH_KEY, mode: "plain" }, /not encrypted.*safe mode/],
    ["encrypted, and no key is set", { ...TOKEN_ONLY, mode: "safe" }, /no EncodingAESKey is set/],
    [
      "encrypted with another key",
      { ...WITH_KEY, encodingAesKey: "B".repeat(43), mode: "safe" },
      /EncodingAESKey.*differs/,
    ],
    [
      "for another appId",
      { ...WITH_KEY, signerAppId: known.APP_ID, mode: "safe" },
      /meant for another appId/,
    ],
  ] as const)("says what is wrong with the settings where the message is %s", async (_, party, reason) => {
    const response = await fetchApp(await createPush(party, TEXT, { mode: party.mode, format: "json" }), env);
    const problem = await jsonOf<{ detail: string }>(response);
    expect(problem).toMatchObject({ status: 403, code: "push-refused", title: "Push refused" });
    expect(problem.detail).toMatch(reason);
    expect(JSON.stringify(problem).replaceAll("EncodingAESKey", "")).not.toMatch(/key/i);
  });

  it("knows no other method", async () => {
    const response = await ask(path("a=1"), { method: "PUT", body: "{}", ...NO_KEY });
    expect(response.status).toBe(405);
    expect(response.headers.get("allow")).toBe("GET, HEAD, POST");
  });
});

/** An appId of every kind: with a key, with a Token only, without push settings, a platform's, authorised, nobody's, none. */
const APP_IDS = [
  known.OTHER_APP_ID,
  known.PUSHED_APP_ID,
  known.APP_ID,
  known.PLATFORM_ID,
  known.LISTED_MERCHANT_APP_ID,
  known.MERCHANT_APP_ID,
  "wxnobody0000000001",
  "x".repeat(700),
];

describe("a stranger", () => {
  const bytes = `<xml>${"<Encrypt>AAAA</Encrypt>".repeat(100)}</xml>`;
  const now = () => String(Math.floor(world.nowMs() / 1000));

  it.each<[string, () => string, string]>([
    ["nothing", () => "", "GET"],
    ["nothing", () => "", "POST"],
    [
      "a signature of a time long past",
      () => `signature=${"0".repeat(40)}&timestamp=1714037059&nonce=1`,
      "POST",
    ],
    ["a wrong signature", () => `signature=${"0".repeat(40)}&timestamp=${now()}&nonce=1`, "POST"],
    [
      "a wrong signature of an echo",
      () => `signature=${"0".repeat(40)}&timestamp=${now()}&nonce=1&echostr=1`,
      "GET",
    ],
    [
      "two wrong signatures",
      () => `signature=${"0".repeat(40)}&msg_signature=${"1".repeat(40)}&timestamp=${now()}`,
      "POST",
    ],
  ])("who comes with %s learns nothing about any appId, and costs no look-up", async (_, queryOf, method) => {
    const untouchable = new Proxy(
      {},
      { get: (_target, name) => expect.unreachable(`asked for ${String(name)}`) },
    );
    const bare = {
      ...env,
      TOKENS: untouchable,
      TOKEN_KEEPER: untouchable,
      PLATFORM_KEEPER: untouchable,
      VOICES: untouchable,
    };
    const answers = new Set<string>();
    for (const appId of APP_IDS) {
      const init = method === "POST" ? { method, body: bytes } : { method };
      const request = new Request(`https://hdvoice.test${path(queryOf(), appId)}`, init);
      const response = await fetchApp(request, bare as unknown as typeof env);
      const { requestId, ...problem } = await jsonOf(response);
      response.headers.delete("x-request-id");
      answers.add(JSON.stringify([response.status, [...response.headers], problem, typeof requestId]));
    }
    expect([...answers]).toEqual([expect.stringContaining('"push-refused"')]);
  });

  it("who can't have signed anything has no body read", async () => {
    const body = new ReadableStream(
      { pull: () => expect.unreachable("the body was read") },
      { highWaterMark: 0 },
    );
    const request = new Request(`https://hdvoice.test${path("timestamp=1")}`, { method: "POST", body });
    expect((await fetchApp(request, env)).status).toBe(403);
  });
});
