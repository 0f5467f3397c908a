/** Where WAVs are not kept, a range is decoded as far as it goes, and never more is sent or stored. */
import { beforeEach, describe, expect, it } from "vitest";
import { APP_ID } from "../support/accounts.ts";
import { voice } from "../support/fixtures.ts";
import { ask, bytesOf, storedKeys, wechat } from "../support/gateway.ts";
import { bend } from "../support/world.ts";

const SPEEX = voice("low-3s");
const WAV_BYTES = 44 + 3 * 32_000;

beforeEach(() => bend({ settings: { STORE_FORMATS: "source" } }));

async function range(path: string, value: string): Promise<{ response: Response; bytes: Uint8Array }> {
  const response = await ask(`/v1/voices/${path}`, { headers: { range: value } });
  const bytes = new Uint8Array(await response.arrayBuffer());
  return { response, bytes };
}

describe.each(["wav", "pcm"])("a range of a .%s that is not kept", (format) => {
  const length = format === "wav" ? WAV_BYTES : WAV_BYTES - 44;

  it.each([
    [0, 1],
    [0, 43],
    [43, 44],
    [44, 44],
    [639, 641],
    [683, 684],
    [32_000, 64_100],
    [length - 1, length - 1],
    [0, length - 1],
  ])("%i to %i is that part of the whole, of a new voice and of a stored one", async (first, last) => {
    wechat.addRecording(APP_ID, "other", SPEEX);
    const whole = await bytesOf(await ask(`/v1/voices/other.${format}`));
    wechat.addRecording(APP_ID, "voice-1", SPEEX);
    for (const cacheStatus of ["hdvoice; fwd=uri-miss; stored", "hdvoice; hit"]) {
      const { response, bytes } = await range(`voice-1.${format}`, `bytes=${first}-${last}`);
      expect(response.status).toBe(206);
      expect(response.headers.get("content-range")).toBe(`bytes ${first}-${last}/${length}`);
      expect(response.headers.get("cache-status")).toBe(cacheStatus);
      expect(bytes).toEqual(whole.subarray(first, last + 1));
      const kept = (await storedKeys()).filter((key) => key.includes("voice-1"));
      expect(kept).toEqual([`voice/v1/${APP_ID}/voice-1/source`]);
    }
  });
});
