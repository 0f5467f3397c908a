import { describe, expect, it } from "vitest";
import { hasSpeech } from "../../src/transcript/speech-energy.ts";

const RATE_HZ = 16_000;

/** So many seconds of what `sample` gives, in steps of 16 bits. */
function pcm(seconds: number, sample: (index: number) => number): Uint8Array {
  const samples = Int16Array.from({ length: seconds * RATE_HZ }, (_, index) => Math.round(sample(index)));
  return new Uint8Array(samples.buffer);
}

/** The same each time: a linear congruential generator, −1 … 1. */
function noise(): () => number {
  let state = 1;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 31 - 1;
  };
}

const tone = (level: number) => (index: number) => level * Math.sin((index * 2 * Math.PI * 200) / RATE_HZ);
/** Five syllables a second. */
const syllables = (level: number) => (index: number) =>
  Math.floor(index / (RATE_HZ / 10)) % 2 === 0 ? tone(level)(index) : 0;

describe("speech", () => {
  it.each([
    ["loud syllables", pcm(2, syllables(8_000))],
    ["quiet syllables, −54 dB", pcm(2, syllables(60))],
    ["one word in a minute", pcm(60, (index) => (index < RATE_HZ / 4 ? syllables(2_000)(index) : 0))],
    [
      "one word in the noise of a room",
      pcm(
        4,
        withNoise(20, (index) => (index < RATE_HZ / 2 ? tone(300)(index) : 0)),
      ),
    ],
    [
      "a loud noise, in which somebody may speak",
      pcm(
        2,
        withNoise(3_000, () => 0),
      ),
    ],
    ["a single loud vowel", pcm(0.12, tone(8_000))],
  ])("may be in %s", (_, sound) => {
    expect(hasSpeech(sound, RATE_HZ)).toBe(true);
  });

  it.each([
    ["nothing", new Uint8Array(0)],
    ["digital silence", pcm(2, () => 0)],
    [
      "dither",
      pcm(
        2,
        withNoise(2, () => 0),
      ),
    ],
    ["a constant offset", pcm(2, () => 5_000)],
    [
      "the noise of an empty room",
      pcm(
        4,
        withNoise(60, () => 0),
      ),
    ],
    ["a quiet hum", pcm(4, tone(80))],
    ["a click", pcm(2, (index) => (index > 8_000 && index < 8_100 ? 20_000 : 0))],
  ])("is not in %s", (_, sound) => {
    expect(hasSpeech(sound, RATE_HZ)).toBe(false);
  });
});

function withNoise(level: number, sound: (index: number) => number): (index: number) => number {
  const next = noise();
  return (index) => sound(index) + level * next();
}
