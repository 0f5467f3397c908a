/** A voice that WeChat cuts without a word is not believed at its first telling; and an answer that drips holds nobody up. */
import { beforeEach, describe, expect, it } from "vitest";
import type { MisbehaviourRule } from "../../tools/simulator/simulator.ts";
import { APP_ID } from "../support/accounts.ts";
import { voice } from "../support/fixtures.ts";
import { ask, bytesOf, jsonOf, storedKeys, wechat } from "../support/gateway.ts";
import { bend } from "../support/world.ts";

const MEDIA_PATH = "/cgi-bin/media/get/jssdk";
const SPEEX = voice("short-half-second");
const WAV_BYTES = 44 + 0.5 * 32_000;

beforeEach(() => wechat.addRecording(APP_ID, "voice-1", SPEEX));

const onMedia = (...rules: MisbehaviourRule[]) => {
  for (const rule of rules) wechat.misbehave({ path: MEDIA_PATH, ...rule });
};
const mediaCalls = () => wechat.calls({ path: MEDIA_PATH }).length;
/** The body ends after so many bytes, and its Content-Length says that this is all. */
const cutAt = (bytes: number, times: number): MisbehaviourRule[] => [
  { kind: "wrong-content-length", offByBytes: bytes - SPEEX.length, times },
  { kind: "cut", afterBytes: bytes, ending: "close", times },
];

describe("a voice that ends inside a frame", () => {
  it.each(["speex", "wav"])("is asked for again, and the whole .%s comes out", async (format) => {
    onMedia(...cutAt(1_000, 1));
    const response = await ask(`/v1/voices/voice-1.${format}`);
    expect((await bytesOf(response)).length).toBe(format === "wav" ? WAV_BYTES : SPEEX.length);
    await storedKeys();
    expect(await jsonOf(await ask("/v1/voices/voice-1.json"))).toMatchObject({ bytes: SPEEX.length });
    expect(mediaCalls()).toBe(2);
  });

  it("each time is so, and says how much is left over", async () => {
    onMedia(...cutAt(1_000, 9));
    expect(await bytesOf(await ask("/v1/voices/voice-1.speex"))).toEqual(SPEEX.slice(0, 1_000));
    await storedKeys();
    expect(await jsonOf(await ask("/v1/voices/voice-1.json"))).toMatchObject({
      frames: 16,
      trailingBytes: 40,
    });
    expect(mediaCalls()).toBe(2);
  });
});

it("a voice that ends early without having promised a length is asked for until two answers are equal", async () => {
  onMedia({ kind: "no-content-length" }, { kind: "cut", afterBytes: 900, ending: "close", times: 1 });
  expect(await bytesOf(await ask("/v1/voices/voice-1.speex"))).toEqual(SPEEX);
  await storedKeys();
  expect(await jsonOf(await ask("/v1/voices/voice-1.json"))).toMatchObject({ bytes: SPEEX.length });
  expect(mediaCalls()).toBe(3);
});

it("an answer that drips is given up in time, whatever it would have said", async () => {
  // Patience is a fortieth: 200 ms for an answer. A byte each 100 ms would make nine seconds.
  bend({ random: () => 0, hurry: 40 });
  onMedia({ kind: "errcode", errcode: 40007 }, { kind: "drip", chunkBytes: 1, intervalMs: 100 });
  const response = await ask("/v1/voices/voice-1.speex");
  expect(response.status).toBe(503);
  expect(await jsonOf(response)).toMatchObject({ code: "wechat-unavailable" });
});
