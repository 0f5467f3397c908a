import { expect, it } from "vitest";
import { APP_ID } from "../support/accounts.ts";
import { voice } from "../support/fixtures.ts";
import { ask, bytesOf, storedKeys, wechat } from "../support/gateway.ts";
import { isolate } from "../support/world.ts";

const MINUTE = voice("minute-60s");
const WAV_BYTES = 44 + 60 * 32_000;
/** 38 MB of PCM. */
const mediaIds = Array.from({ length: 20 }, (_, index) => `voice-${index}`);

const wavs = async () => (await storedKeys()).filter((key) => key.endsWith("/wav"));

async function sumOf(bytes: ArrayBuffer): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

it("more decodings at once than an isolate can hold are all served; those without room are stored later", async () => {
  for (const mediaId of mediaIds) {
    wechat.addRecording(APP_ID, mediaId, MINUTE);
    await bytesOf(await ask(`/v1/voices/${mediaId}.speex`));
  }
  await storedKeys();

  // Opened, not read: each holds its place.
  const responses = [];
  for (const mediaId of mediaIds) responses.push(await ask(`/v1/voices/${mediaId}.wav`));
  const right = await (responses[0] as Response).arrayBuffer();
  expect(right.byteLength).toBe(WAV_BYTES);
  const rightSum = await sumOf(right);
  for (const response of responses.slice(1)) {
    // Compared by their sums: toEqual takes a second for two million numbers.
    expect(await sumOf(await response.arrayBuffer())).toBe(rightSum);
  }
  const stored = (await wavs()).length;
  expect(stored).toBeGreaterThan(0);
  expect(stored).toBeLessThan(mediaIds.length);

  for (const mediaId of mediaIds) await (await ask(`/v1/voices/${mediaId}.wav`)).arrayBuffer();
  expect(await wavs()).toHaveLength(mediaIds.length);
  expect([...isolate.heldBytes.values()].filter((bytes) => bytes !== 0)).toEqual([]);
}, 60_000);
