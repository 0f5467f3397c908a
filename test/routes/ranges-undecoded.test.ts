/** Where WAVs are not kept, a range is decoded for its reader: as far as it goes, and never more is sent or stored. */
import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { APP_ID, READER_KEY } from "../support/accounts.ts";
import { voice } from "../support/fixtures.ts";
import { ask, bytesOf, storedKeys, wechat } from "../support/gateway.ts";
import { fetchApp } from "../support/worker.ts";

const SPEEX = voice("low-3s");
const WAV_BYTES = 44 + 3 * 32_000;
const settings = { ...env, STORE_FORMATS: "source" };

async function range(path: string, value: string): Promise<{ response: Response; bytes: Uint8Array }> {
  const headers = { authorization: `Bearer ${READER_KEY}`, range: value };
  const context = createExecutionContext();
  const response = await fetchApp(
    new Request(`https://hdvoice.test/v1/voices/${path}`, { headers }),
    settings,
    context,
  );
  const bytes = new Uint8Array(await response.arrayBuffer());
  await waitOnExecutionContext(context);
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

it("a range of the beginning does not decode a minute", async () => {
  wechat.addRecording(APP_ID, "minute", voice("minute-60s"));
  await bytesOf(await ask("/v1/voices/minute.speex"));
  await storedKeys();
  const times = { "bytes=0-": [] as number[], "bytes=0-99": [] as number[] };
  for (let round = 0; round < 5; round++) {
    for (const [value, taken] of Object.entries(times)) {
      const startedAtMs = performance.now();
      await range("minute.pcm", value);
      taken.push(performance.now() - startedAtMs);
    }
  }
  // The quickest of five, which is the one that nothing got in the way of. A sixtieth is decoded; half is margin enough.
  expect(Math.min(...times["bytes=0-99"])).toBeLessThan(Math.min(...times["bytes=0-"]) / 2);
});
