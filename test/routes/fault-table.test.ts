/** Every row of the table behind docs/faults.md, for .speex and for .wav, against a cold voice and a stored one. */
import { reset } from "cloudflare:test";
import { beforeEach, describe, expect, it } from "vitest";
import { WAV_HEADER_BYTES } from "../../src/audio/wav.ts";
import { FAULTS, type Outcome } from "../../tools/http-table/faults.ts";
import { APP_ID } from "../support/accounts.ts";
import { voice } from "../support/fixtures.ts";
import { ask, storedKeys, wechat } from "../support/gateway.ts";
import { bend, forgetEverything } from "../support/world.ts";

const SPEEX = voice("short-half-second");
const RANGE = { range: "bytes=0-99" };
const REQUESTS = { miss: {}, range: { headers: RANGE }, head: { method: "HEAD" } } as const;

/** Patience, 8 s with WeChat and 60 s with a download, is a fortieth of itself here; the stand-in's pauses are not. */
const HURRY = 40;

beforeEach(() => {
  bend({ random: () => 0, hurry: HURRY });
});

/** What arrived, and whether the body came to its promised end. */
async function readAsFarAsItGoes(response: Response): Promise<{ bytes: Uint8Array; whole: boolean }> {
  const parts: number[] = [];
  try {
    for await (const chunk of response.body ?? []) parts.push(...chunk);
    return { bytes: Uint8Array.from(parts), whole: true };
  } catch {
    return { bytes: Uint8Array.from(parts), whole: false };
  }
}

async function expectOutcome(
  response: Response,
  { status, body }: Outcome,
  right: Uint8Array,
  length: "true" | "promised" = "true",
): Promise<void> {
  expect(response.status).toBe(status);
  const { bytes, whole } = await readAsFarAsItGoes(response);
  expect(whole).toBe(body !== "cut");
  if (body === "problem") {
    expect(JSON.parse(new TextDecoder().decode(bytes))).toMatchObject({ status });
    return;
  }
  const ends = { all: right.length, part: 100, none: 0, cut: bytes.length };
  // A WAV's header tells the length, too.
  const told = length === "true" ? 0 : WAV_HEADER_BYTES;
  expect(bytes.subarray(told)).toEqual(right.subarray(told, ends[body]));
  if (body === "cut") expect(bytes.length).toBeLessThan(Number(response.headers.get("content-length")));
  if (body === "none" && status === 200 && length === "true") {
    expect(response.headers.get("content-length")).toBe(String(right.length));
  }
}

async function rightBytes(mediaId: string, format: string): Promise<Uint8Array> {
  const { bytes } = await readAsFarAsItGoes(await ask(`/v1/voices/${mediaId}.${format}`));
  await storedKeys();
  return bytes;
}

describe.each(["speex", "wav"])("while WeChat misbehaves, .%s:", (format) => {
  it.each(FAULTS)("$fault", async ({ rule, stored, believesLength, ...outcomes }) => {
    for (const [kind, request] of Object.entries(REQUESTS) as [keyof typeof REQUESTS, RequestInit][]) {
      const mediaId = `voice-${kind}`;
      wechat.addRecording(APP_ID, mediaId, SPEEX);
      const right = await rightBytes(mediaId, format);
      // As if all were new: no voice, no token, no keeper that remembers a failure, no forced refresh used up.
      await reset();
      forgetEverything();
      wechat.reset();
      wechat.addRecording(APP_ID, mediaId, SPEEX);

      wechat.misbehave(rule);
      const response = await ask(`/v1/voices/${mediaId}.${format}`, request);
      await expectOutcome(response, outcomes[kind], right, believesLength ? "promised" : "true");

      const kept = (await storedKeys()).filter((key) => key.includes(mediaId));
      expect(kept).toEqual(stored === "nothing" ? [] : [`voice/v1/${APP_ID}/${mediaId}/source`]);
      wechat.behave();
    }
  });

  it.each(FAULTS)("$fault, and the voice is stored", async ({ rule }) => {
    wechat.addRecording(APP_ID, "voice-hit", SPEEX);
    const right = await rightBytes("voice-hit", format);
    const callsBefore = wechat.calls().length;
    wechat.misbehave(rule);
    const path = `/v1/voices/voice-hit.${format}`;
    await expectOutcome(await ask(path), { status: 200, body: "all" }, right);
    await expectOutcome(await ask(path, { headers: RANGE }), { status: 206, body: "part" }, right);
    await expectOutcome(await ask(path, { method: "HEAD" }), { status: 200, body: "none" }, right);
    expect(wechat.calls()).toHaveLength(callsBefore);
  });
});
