/** SDKs that teams use already, against the running Worker, with nothing changed in them but where they call. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { DEMO_KEY, DEMO_SIGNING } from "../../../tools/local/settings.ts";
import { DEMO_ACCOUNT } from "../../../tools/simulator/demo-simulator.ts";
import { type Local, startLocal } from "../local.ts";
import { CallFailed } from "./client.ts";
import { expiredToken } from "./expired-token.ts";
import { NPM_SDKS } from "./npm-sdks.ts";
import { OTHER_SDKS } from "./other-sdks.ts";

const SPEEX = readFileSync("test/fixtures/voices/english-8s.speex");
const MEDIA_PATH = "/cgi-bin/media/get/jssdk";
const TOKEN_PATH = "/cgi-bin/stable_token";
const ACCOUNT = { appId: DEMO_ACCOUNT.appId, secret: DEMO_KEY };
const RID = /rid: [0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}$/;

let local: Local;
let mediaId: string;
let count = 0;

beforeAll(async () => {
  local = await startLocal(DEMO_SIGNING);
});
afterAll(() => local?.stop());
beforeEach(() => {
  mediaId = `-voice_${count++}`;
  local.record(mediaId, SPEEX);
});
afterEach(() => local.simulator.behave());

/** The failure that the program gets to see. Success fails the test. */
async function failureOf(call: Promise<Buffer>): Promise<CallFailed> {
  const outcome = await call.catch((error: unknown) => error);
  expect(outcome).toBeInstanceOf(CallFailed);
  return outcome as CallFailed;
}

// First, while the gateway has no token yet.
const npmMissing = NPM_SDKS[0]?.missing ?? null;
describe.skipIf(npmMissing !== null)(`twenty SDKs at once${whyNot(npmMissing)}`, () => {
  it("cost one token of WeChat's and one download, and each gets the whole voice", async () => {
    const sdks = Array.from({ length: 20 }, (_, index) => NPM_SDKS[index % NPM_SDKS.length]);
    const voices = await Promise.all(sdks.map((sdk) => sdk?.connect(local.origin, ACCOUNT)(mediaId)));
    for (const voice of voices) expect(voice?.equals(SPEEX)).toBe(true);
    expect(local.simulator.calls({ path: TOKEN_PATH })).toHaveLength(1);
    expect(local.mediaCalls(mediaId)).toBe(1);
  });
});

describe.each([...NPM_SDKS, ...OTHER_SDKS])("$name", ({ missing, renewsByItself, connect }) => {
  describe.skipIf(missing !== null)(`as its users call it${whyNot(missing)}`, () => {
    it("gets a voice byte for byte", async () => {
      const voice = await connect(local.origin, ACCOUNT)(mediaId);
      expect(voice.equals(SPEEX)).toBe(true);
    });

    it("tells the errcode and the rid of a voice that isn't there", async () => {
      const failure = await failureOf(connect(local.origin, ACCOUNT)("gone-1"));
      expect(failure).toMatchObject({ errcode: 40007, message: expect.stringMatching(RID) });
    });

    it("tells the errcode of a wrong secret", async () => {
      const failure = await failureOf(connect(local.origin, { ...ACCOUNT, secret: "wrong" })(mediaId));
      expect(failure).toMatchObject({ errcode: 40125, message: expect.stringMatching(/^invalid appsecret/) });
    });

    it("notices nothing where WeChat refuses the gateway's token", async () => {
      local.simulator.misbehave({ kind: "errcode", errcode: 40001, path: MEDIA_PATH, times: 1 });
      const voice = await connect(local.origin, ACCOUNT)(mediaId);
      expect(voice.equals(SPEEX)).toBe(true);
      expect(local.mediaCalls(mediaId)).toBe(2);
    });

    const onExpiry = renewsByItself
      ? "renews an expired token by itself"
      : "tells the program that its token has expired";
    it(onExpiry, async () => {
      const call = connect(local.origin, { ...ACCOUNT, keptToken: expiredToken(ACCOUNT.appId) })(mediaId);
      if (renewsByItself) expect((await call).equals(SPEEX)).toBe(true);
      else expect(await failureOf(call)).toMatchObject({ errcode: 42001 });
    });
  });
});

describe("the cloud call, moved over by one import", () => {
  const cloud = createRequire(import.meta.url)("../../../tools/cloud-call/hdvoice-cloud.cjs");
  const { media } = cloud.openapi({ appid: ACCOUNT.appId }).officialAccount;
  beforeEach(() => cloud.init({ origin: local.origin, secret: ACCOUNT.secret }));

  it("gets a voice byte for byte, and decoded", async () => {
    const voice = await media.getFromJSSDK({ mediaId });
    expect(voice).toMatchObject({ contentType: "voice/speex", errCode: 0 });
    expect(voice.buffer.equals(SPEEX)).toBe(true);
    const wav = await media.getFromJSSDK({ mediaId, format: "wav" });
    expect(wav).toMatchObject({ contentType: "audio/wav" });
    expect(wav.buffer.length).toBe(44 + 8 * 32_000);
  });

  it("fails as WeChat's does", async () => {
    const failure = await media.getFromJSSDK({ mediaId: "gone-1" }).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      errCode: 40007,
      errMsg: expect.stringMatching(
        /^openapi\.officialAccount\.media\.getFromJSSDK:fail invalid media_id .*rid: /,
      ),
    });
  });
});

function whyNot(missing: string | null): string {
  return missing === null ? "" : ` (skipped: ${missing})`;
}
