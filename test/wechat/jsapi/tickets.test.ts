/** Tickets are kept as tokens are: one question for everybody, renewed ahead, and a refused token heals unseen. */
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import { configOf } from "../../../src/config/config.ts";
import { createIsolate } from "../../../src/services/isolate.ts";
import { createTicketService } from "../../../src/services/tickets.ts";
import { accountFor } from "../../../src/wechat/accounts.ts";
import type { TicketService } from "../../../src/wechat/jsapi/service.ts";
import * as known from "../../support/accounts.ts";
import { failureOf } from "../../support/failing.ts";
import { otherHosts, said, wechat } from "../../support/gateway.ts";
import { authorize, deliver, settle } from "../../support/platform.ts";
import { letPass, world } from "../../support/world.ts";

const OFFICIAL_PATH = "/cgi-bin/ticket/getticket";
const { APP_ID, CORP_ID, MERCHANT_APP_ID, PLATFORM_ID } = known;
/** Hundreds of requests at once take seconds on a busy machine. */
const HEAVY_MS = 60_000;

const keeperOf = (appId: string) => env.TOKEN_KEEPER.getByName(appId);
const ticketCalls = (path = OFFICIAL_PATH) => wechat.calls({ path });

/** The account's tickets, each time as another isolate sees them: with nothing in memory. */
function ticketsOf(appId: string, componentAppId: string | null = null): TicketService {
  const account = accountFor(configOf(env), { appId, componentAppId });
  const context = { waitUntil: () => {}, measure: <T>(_: string, work: () => Promise<T>) => work() };
  return createTicketService(env, createIsolate(world), account, context);
}

const ticketIn = async (tickets: TicketService) => (await tickets.get("jsapi")).value;

async function alarmAtMs(appId: string): Promise<number | null> {
  return runInDurableObject(keeperOf(appId), (_, { storage }) => storage.getAlarm());
}

describe("a ticket", () => {
  it(
    "is asked for once by 1,000 cold callers in 20 isolates, and so is the token for it",
    async () => {
      wechat.misbehave({ kind: "delay", delayMs: 50, path: OFFICIAL_PATH });
      const isolates = Array.from({ length: 20 }, () => ticketsOf(APP_ID));
      const values = await Promise.all(
        Array.from({ length: 1000 }, (_, index) => ticketIn(isolates[index % 20] as TicketService)),
      );
      expect(new Set(values)).toEqual(new Set([wechat.ticketOf(APP_ID)]));
      expect(wechat.calls().map(({ path }) => path)).toEqual(["/cgi-bin/stable_token", OFFICIAL_PATH]);
    },
    HEAVY_MS,
  );

  it("is published to KV, where others find it without its keeper", async () => {
    const value = await ticketIn(ticketsOf(APP_ID));
    const key = `ticket:v1:${APP_ID}:stable:jsapi`;
    await vi.waitFor(async () =>
      expect(await env.TOKENS.get(key, "json")).toEqual({ value, expiresAtMs: expect.any(Number) }),
    );
    await runInDurableObject(keeperOf(APP_ID), (_, { storage }) => storage.deleteAll());
    await evictDurableObject(keeperOf(APP_ID));
    expect(await ticketIn(ticketsOf(APP_ID))).toBe(value);
    expect(ticketCalls()).toHaveLength(1);
  });

  it("is remembered over a restart of its keeper", async () => {
    const value = await ticketIn(ticketsOf(APP_ID));
    await env.TOKENS.delete(`ticket:v1:${APP_ID}:stable:jsapi`);
    await evictDurableObject(keeperOf(APP_ID));
    expect(await keeperOf(APP_ID).ticket({ appId: APP_ID, componentAppId: null }, "jsapi")).toMatchObject({
      ok: true,
      value: { value },
    });
    expect(ticketCalls()).toHaveLength(1);
  });

  it("is renewed ahead by the alarm that the token has too, while pages are signed", async () => {
    const first = await ticketsOf(APP_ID).get("jsapi");
    // The token was there first, so its time comes first.
    const token = await keeperOf(APP_ID).status({ appId: APP_ID, componentAppId: null });
    const renewalMs = (token.ok ? (token.value.expiresAtMs ?? 0) : 0) - 270_000;
    expect(await alarmAtMs(APP_ID)).toBe(renewalMs);

    letPass(6_000_000);
    await ticketsOf(APP_ID).get("jsapi");
    letPass(first.expiresAtMs - 270_000 - world.nowMs());
    await runDurableObjectAlarm(keeperOf(APP_ID));
    expect(ticketCalls()).toHaveLength(2);
    expect(wechat.ticketOf(APP_ID)).not.toBe(first.value);
    expect(await keeperOf(APP_ID).ticket({ appId: APP_ID, componentAppId: null }, "jsapi")).toMatchObject({
      value: { value: wechat.ticketOf(APP_ID) },
    });
    // And the token's own time has come at the same moment.
    expect(wechat.calls({ path: "/cgi-bin/stable_token" })).toHaveLength(2);
    expect(await alarmAtMs(APP_ID)).toBeGreaterThan(world.nowMs() + 6_000_000);
  });

  it("lapses where nobody has had a page signed for an hour, while the token lives on", async () => {
    await ticketsOf(APP_ID).get("jsapi");
    letPass(6_900_000);
    await keeperOf(APP_ID).current({ appId: APP_ID, componentAppId: null });
    letPass(100_000);
    await runDurableObjectAlarm(keeperOf(APP_ID));
    expect(ticketCalls()).toHaveLength(1);
    expect(wechat.calls({ path: "/cgi-bin/stable_token" })).toHaveLength(2);
    expect(await alarmAtMs(APP_ID)).not.toBeNull();
  });
});

describe("a token that WeChat refuses when a ticket is asked for", () => {
  const ref = { appId: APP_ID, componentAppId: null };

  it("is replaced, and the question repeated once", async () => {
    await keeperOf(APP_ID).current(ref);
    wechat.revokeTokens(APP_ID);
    expect(await ticketIn(ticketsOf(APP_ID))).toBe(wechat.ticketOf(APP_ID));
    expect(ticketCalls().map(({ outcome }) => outcome)).toEqual([40001, 200]);
    expect(wechat.calls({ path: "/cgi-bin/stable_token" })).toHaveLength(2);
  });

  it("is replaced twice by nobody: a second refusal is the answer, to all, until some time has passed", async () => {
    wechat.misbehave({ kind: "token-refused", because: "expired", path: OFFICIAL_PATH });
    const failure = await failureOf(ticketsOf(APP_ID).get("jsapi"));
    expect(failure).toMatchObject({ code: "wechat-credential", wechat: { errcode: 42001 } });
    expect(ticketCalls()).toHaveLength(2);
    await Promise.all(Array.from({ length: 20 }, () => failureOf(ticketsOf(APP_ID).get("jsapi"))));
    expect(ticketCalls()).toHaveLength(2);

    wechat.behave();
    letPass(61_000);
    expect(await ticketIn(ticketsOf(APP_ID))).toBe(wechat.ticketOf(APP_ID));
    expect(said.join("\n")).toContain('"ticket":"jsapi"');
  });
});

describe("tickets of other accounts", () => {
  it("are WeCom's own, of two kinds", async () => {
    const tickets = ticketsOf(CORP_ID);
    expect((await tickets.get("jsapi")).value).toBe(wechat.ticketOf(CORP_ID));
    expect((await tickets.get("agent_config")).value).toBe(wechat.ticketOf(CORP_ID, "agent_config"));
    expect(wechat.calls().map(({ path }) => path)).toEqual([
      "/cgi-bin/gettoken",
      "/cgi-bin/get_jsapi_ticket",
      "/cgi-bin/ticket/get",
    ]);
  });

  it("are renewed at WeCom only when they have ended, since asked before that it gives the same", async () => {
    const first = await ticketsOf(CORP_ID).get("jsapi");
    letPass(6_000_000);
    await ticketsOf(CORP_ID).get("jsapi");
    letPass(1_190_000);
    for (let call = 0; call < 150; call++) await ticketsOf(CORP_ID).get("jsapi");
    expect(ticketCalls("/cgi-bin/get_jsapi_ticket")).toHaveLength(1);
    letPass(first.expiresAtMs - world.nowMs());
    await runDurableObjectAlarm(keeperOf(CORP_ID));
    expect(ticketCalls("/cgi-bin/get_jsapi_ticket")).toHaveLength(2);
    expect(await ticketIn(ticketsOf(CORP_ID))).not.toBe(first.value);
  });

  it("are asked for with the token of the platform that the account has authorised, and forgotten with it", async () => {
    await authorize(MERCHANT_APP_ID);
    expect(await ticketIn(ticketsOf(MERCHANT_APP_ID, PLATFORM_ID))).toBe(wechat.ticketOf(MERCHANT_APP_ID));
    const key = `ticket:v1:${MERCHANT_APP_ID}:authorizer:jsapi`;
    await vi.waitFor(async () => expect(await env.TOKENS.get(key)).not.toBeNull());

    await deliver(wechat.pushUnauthorized(PLATFORM_ID, MERCHANT_APP_ID));
    await settle();
    await vi.waitFor(async () => expect(await env.TOKENS.get(key)).toBeNull());
    expect(await failureOf(ticketsOf(MERCHANT_APP_ID, PLATFORM_ID).get("jsapi"))).toMatchObject({
      code: "wechat-permission",
    });
  });

  it("are asked for without a token where calls go into cloud hosting", async () => {
    const environment = { appIds: [known.CLOUD_APP_ID], allowedPaths: [OFFICIAL_PATH] };
    otherHosts.set("inside.cloud.test", (request) => wechat.handleInCloud(request, environment));
    expect(await ticketIn(ticketsOf(known.CLOUD_APP_ID))).toBe(wechat.ticketOf(known.CLOUD_APP_ID));
  });

  it("can be had at once when a token has been pushed that was missing", async () => {
    const appId = known.CLOUD_TOKEN_APP_ID;
    expect(await failureOf(ticketsOf(appId).get("jsapi"))).toMatchObject({ code: "wechat-credential" });
    const token = { value: wechat.issueCloudToken(appId), expiresAtMs: world.nowMs() + 1_800_000 };
    await keeperOf(appId).push({ appId, componentAppId: null }, token);
    expect(await ticketIn(ticketsOf(appId))).toBe(wechat.ticketOf(appId));
  });
});

describe("WeChat's answers to the question for a ticket", () => {
  it("are asked for at the next host where the first is down", async () => {
    wechat.misbehave({ kind: "status", status: 502, path: OFFICIAL_PATH, times: 3 });
    expect(await ticketIn(ticketsOf(APP_ID))).toBe(wechat.ticketOf(APP_ID));
  });

  it.each([
    ['{"errcode":0,"errmsg":"ok"}', "wechat-refused"],
    ['{"errcode":0,"errmsg":"ok","ticket":"","expires_in":7200}', "wechat-refused"],
    ['{"errcode":40001,"errmsg":"no","ticket":"a ticket","expires_in":7200}', "wechat-credential"],
    ["<html></html>", "wechat-unavailable"],
  ])("%s is none", async (text, code) => {
    wechat.misbehave({ kind: "body", text, path: OFFICIAL_PATH });
    expect(await failureOf(ticketsOf(APP_ID).get("jsapi"))).toMatchObject({ code });
  });

  it.each(["1e20", '"7200"', "-1", ""])("may tell its life as %s", async (json) => {
    wechat.misbehave({ kind: "expires-in", json, path: OFFICIAL_PATH });
    const { expiresAtMs } = await ticketsOf(APP_ID).get("jsapi");
    expect(expiresAtMs - world.nowMs()).toBeLessThanOrEqual(7_200_000);
    expect(expiresAtMs - world.nowMs()).toBeGreaterThan(50_000);
  });
});
