import { expect, it } from "vitest";
import { APP_ID } from "../support/accounts.ts";
import { voice } from "../support/fixtures.ts";
import { ask, bytesOf, storedKeys, wechat } from "../support/gateway.ts";

const MINUTE = voice("minute-60s");
const WAV_BYTES = 44 + 60 * 32_000;
/** As many as 32 MiB of PCM hold. */
const ROOM = Math.floor((32 * 1024 * 1024) / WAV_BYTES);

const wavs = async () => (await storedKeys()).filter((key) => key.endsWith("/wav"));

async function sumOf(bytes: ArrayBuffer): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

it("more decodings at once than an isolate can hold are all served; those without room are stored later", async () => {
  const mediaIds = Array.from({ length: ROOM + 5 }, (_, index) => `voice-${index}`);
  for (const mediaId of mediaIds) wechat.addRecording(APP_ID, mediaId, MINUTE);
  await bytesOf(await ask("/v1/voices/voice-0.speex"));

  // Opened, not read: each holds its place.
  const responses = [];
  for (const mediaId of mediaIds) responses.push(await ask(`/v1/voices/${mediaId}.wav`));
  const right = new Uint8Array(await (responses[0] as Response).arrayBuffer());
  expect(right.length).toBe(WAV_BYTES);
  const rightSum = await sumOf(right.buffer);
  for (const response of responses.slice(1)) {
    // Compared by their sums: toEqual takes a second for two million numbers.
    expect(await sumOf(await response.arrayBuffer())).toBe(rightSum);
  }
  expect(await wavs()).toHaveLength(ROOM);

  for (const mediaId of mediaIds) await (await ask(`/v1/voices/${mediaId}.wav`)).arrayBuffer();
  expect(await wavs()).toHaveLength(mediaIds.length);
}, 60_000);
