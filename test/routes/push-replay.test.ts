/** Captured pushes: what somebody who can't sign, and has seen what WeChat signed, gets done with it. */
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { PLAIN_MESSAGES_PER_MINUTE } from "../../src/wechat/push/gate.ts";
import type { PushFields } from "../../tools/simulator/push-body.ts";
import { LISTED_MERCHANT_APP_ID, MERCHANT_APP_ID } from "../support/accounts.ts";
import { authorize } from "../support/platform.ts";
import {
  AUTHORIZED,
  createPush,
  jobMediaIds,
  MSG_ID,
  send,
  TOKEN_ONLY,
  voiceFields,
  WITH_KEY,
} from "../support/pushes.ts";
import { letPass, world } from "../support/world.ts";

const PLAIN = { mode: "plain", format: "xml" } as const;
const SAFE = { mode: "safe", format: "xml" } as const;
/** Pushes that carry one signature, as whoever has seen it can make them. */
const withSeenSignature = (mediaId: string, changes: PushFields = {}) =>
  createPush(TOKEN_ONLY, voiceFields(mediaId, changes), { ...PLAIN, nonce: "seen" }, seenAtMs);
let seenAtMs: number;

beforeEach(() => {
  seenAtMs = world.nowMs();
});

describe("in plain mode", () => {
  it("a signature brings one message only", async () => {
    expect(await send(await withSeenSignature("first"))).toBe("200 success");
    for (let count = 1n; count <= 20n; count++) {
      const other = await withSeenSignature(`other-${count}`, { MsgId: MSG_ID + count });
      expect(await send(other)).toBe("403 push-refused");
    }
    expect(await jobMediaIds(TOKEN_ONLY.appId)).toEqual(["first"]);
  });

  it("a signature brings no message in which anything has been changed", async () => {
    await send(await withSeenSignature("first"));
    for (const changed of ["FromUserName", "MediaId", "MsgId", "MediaId16K"]) {
      expect(await send(await withSeenSignature("first", { [changed]: "7" }))).toBe("403 push-refused");
    }
    expect(await jobMediaIds(TOKEN_ONLY.appId)).toEqual(["first"]);
  });

  it("of eighty at once under one signature, one becomes a job", async () => {
    const pushes = Array.from({ length: 80 }, async (_, index) =>
      send(await withSeenSignature(`voice-${index}`, { MsgId: MSG_ID + BigInt(index) })),
    );
    const answers = await Promise.all(pushes);
    expect(answers.filter((answer) => answer === "200 success")).toHaveLength(1);
    expect(await jobMediaIds(TOKEN_ONLY.appId)).toHaveLength(1);
  });

  it("a signature is not taken any more when it is more than five minutes old", async () => {
    const push = await createPush(TOKEN_ONLY, voiceFields("first"), PLAIN);
    letPass(301_000);
    expect(await send(push)).toBe("403 push-refused");
    expect(await jobMediaIds(TOKEN_ONLY.appId)).toEqual([]);
  });

  it.each([
    ["the same signature", true],
    ["another one", false],
  ])("WeChat's three deliveries under %s are one job, and each hears success", async (_, isSame) => {
    const first = await createPush(TOKEN_ONLY, voiceFields("first"), PLAIN);
    for (let delivery = 0; delivery < 3; delivery++) {
      const push = isSame ? first.clone() : await createPush(TOKEN_ONLY, voiceFields("first"), PLAIN);
      expect(await send(push as Request)).toBe("200 success");
    }
    expect(await jobMediaIds(TOKEN_ONLY.appId)).toEqual(["first"]);
  });

  it("an account takes so many voices a minute", async () => {
    const keeper = env.TOKEN_KEEPER.getByName(TOKEN_ONLY.appId);
    const nowMs = world.nowMs();
    for (let count = 0; count < PLAIN_MESSAGES_PER_MINUTE; count++) {
      const push = { signature: `s${count}`, message: `m${count}`, endsAtMs: nowMs + 600_000 };
      await keeper.admitPlainPush(push, nowMs);
    }
    const push = await createPush(TOKEN_ONLY, voiceFields("one-more"), PLAIN);
    expect(await send(push.clone() as Request)).toBe("429 rate-limited");
    expect(await jobMediaIds(TOKEN_ONLY.appId)).toEqual([]);
    letPass(60_001);
    expect(await send(push)).toBe("200 success");
  });
});

describe("in safe mode", () => {
  it("a push that comes again and again is one job, and hears success", async () => {
    const push = await createPush(WITH_KEY, voiceFields("first"), SAFE);
    for (let count = 0; count < 5; count++) expect(await send(push.clone() as Request)).toBe("200 success");
    expect(await jobMediaIds(WITH_KEY.appId)).toEqual(["first"]);
  });

  it("a message that comes with another voice changes nothing, and is not sent again", async () => {
    await send(await createPush(WITH_KEY, voiceFields("first"), SAFE));
    expect(await send(await createPush(WITH_KEY, voiceFields("second"), SAFE))).toBe("200 success");
    expect(await jobMediaIds(WITH_KEY.appId)).toEqual(["first"]);
  });

  it("two followers' messages with one MsgId are two jobs", async () => {
    await send(await createPush(WITH_KEY, voiceFields("first"), SAFE));
    await send(await createPush(WITH_KEY, voiceFields("second", { FromUserName: "another" }), SAFE));
    expect((await jobMediaIds(WITH_KEY.appId)).sort()).toEqual(["first", "second"]);
  });

  it("a platform's push begins nothing under the appId of another account", async () => {
    await authorize(MERCHANT_APP_ID);
    const push = await createPush(AUTHORIZED, voiceFields("first"), SAFE);
    const replay = new Request(
      push.url.replace(MERCHANT_APP_ID, LISTED_MERCHANT_APP_ID),
      push.clone() as Request,
    );
    expect(await send(push)).toBe("200 success");
    expect(await send(replay)).toBe("200 success");
    expect(await jobMediaIds(MERCHANT_APP_ID)).toEqual(["first"]);
    expect(await jobMediaIds(LISTED_MERCHANT_APP_ID)).toEqual([]);
  });
});
