import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import type { PushFields } from "../../../tools/simulator/push-body.ts";
import { PLATFORM_ID } from "../../support/accounts.ts";
import { said } from "../../support/gateway.ts";
import { authorize } from "../../support/platform.ts";
import {
  AUTHORIZED,
  createPush,
  jobMediaIds,
  type PushParty,
  send,
  voiceFields,
} from "../../support/pushes.ts";

/** What WeChat tests a platform with before it may be released: accounts of its own, and what they are sent. */
const TEST_APP_IDS = ["wx570bc396a51b8ff8", "wxd101a85aa106f53e", "wxa35b9c23cfe664eb"];
const TEST_MESSAGES: readonly PushFields[] = [
  { MsgType: "text", Content: "TESTCOMPONENT_MSG_TYPE_TEXT", MsgId: 1 },
  { MsgType: "text", Content: "QUERY_AUTH_CODE:queryauthcode@@@simulated", MsgId: 2 },
  { MsgType: "event", Event: "LOCATION" },
];
const SAFE = { mode: "safe", format: "xml" } as const;
const sentTo = (appId: string): PushParty => ({ ...AUTHORIZED, appId });

describe("an account that the platform has not told us of", () => {
  it.each(TEST_APP_IDS)("hears success for everything, as WeChat's test account %s", async (appId) => {
    for (const fields of TEST_MESSAGES) {
      expect(await send(await createPush(sentTo(appId), fields, SAFE))).toBe("200 success");
    }
    expect(said.join("\n")).toContain(`"event":"push-ignored","appId":"${appId}"`);
  });

  it("hears success for a follower's voice, which is not fetched before it is known", async () => {
    const push = await createPush(AUTHORIZED, voiceFields("first"), SAFE);
    expect(await send(push.clone() as Request)).toBe("200 success");
    expect(said.join("\n")).toContain('"why":"account unknown"');
    expect((await env.VOICES.list()).objects).toEqual([]);

    await authorize(AUTHORIZED.appId);
    expect(await send(push)).toBe("200 success");
    expect(await jobMediaIds(AUTHORIZED.appId)).toEqual(["first"]);
  });

  it("is refused where another than a platform has signed", async () => {
    const party = { ...AUTHORIZED, token: "AnotherToken" };
    expect(await send(await createPush(party, voiceFields("first"), SAFE))).toBe("403 push-refused");
  });

  it("is no way to give the platform an event", async () => {
    const event = { InfoType: "unauthorized", AuthorizerAppid: AUTHORIZED.appId };
    await authorize(AUTHORIZED.appId);
    await send(await createPush(AUTHORIZED, event, SAFE));
    await send(await createPush(sentTo(PLATFORM_ID), { MsgType: "text", ...event }, SAFE));
    expect(said.join("\n")).not.toContain('"kind":"unauthorized"');
  });
});
