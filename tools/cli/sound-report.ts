/** What `hdvoice info` tells of a file that is no HD voice. */
import { createDurationMeter } from "../../src/audio/duration.ts";
import type { LooksLike } from "../../src/audio/framing.ts";
import { kindOf } from "../../src/audio/kind.ts";
import type { Report } from "./voice-report.ts";

/** `file`: from its first byte on, or null where it can't be read again. */
export async function reportOnSound(
  looksLike: LooksLike,
  file: AsyncIterable<Uint8Array> | null,
): Promise<Report> {
  const { name, mediaType } = kindOf({ framing: null, looksLike });
  const seconds = file && (await secondsOf(looksLike, file));
  return {
    rows: [
      ["kind", name],
      ["type", mediaType],
      ["length", seconds === null ? "not known without decoding it" : `${seconds.toFixed(2)} s`],
    ],
    facts: { kind: name, mediaType, seconds: seconds === null ? null : Number(seconds.toFixed(3)) },
  };
}

async function secondsOf(looksLike: LooksLike, file: AsyncIterable<Uint8Array>): Promise<number | null> {
  const meter = createDurationMeter(looksLike);
  if (meter === null) return null;
  for await (const chunk of file) meter.write(chunk);
  return meter.end();
}
