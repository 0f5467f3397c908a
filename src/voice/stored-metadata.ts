/**
 * What is known of a stored voice, as R2 custom metadata and back. Reading checks everything that the head of an object
 * tells: an object that doesn't verify counts as absent.
 *
 *   source   bytes, sha256, framing, looksLike, mode, frames, rateHz, soundMs, trailingBytes, oggLengthBytes, fetchedAt
 *   wav      bytes, decoderVersion, rateHz, fetchedAt
 *
 * R2 has compared a source's bytes with its SHA-256 when it was put, and keeps that sum: whether it is the sum that
 * we meant is all that is left to ask. A WAV has none, which would cost more than its length is worth: it can be made anew
 * from the source at any time.
 */
import type { SpeexMode } from "../audio/frames.ts";
import type { Framing } from "../audio/framing.ts";
import { DECODER_VERSION } from "../audio/speex/decoder.ts";
import type { SourceFacts, WavFacts } from "./facts.ts";

/** "" stands for none. */
const FRAMINGS: readonly (Framing | "")[] = ["bare", "header-byte", "ogg", ""];
const MODES: readonly (SpeexMode | "")[] = ["wideband", "narrowband", ""];

export function sourceMetadata(facts: SourceFacts): Record<string, string> {
  return {
    bytes: String(facts.lengthBytes),
    sha256: facts.sha256,
    framing: facts.framing ?? "",
    looksLike: facts.looksLike ?? "",
    mode: facts.mode ?? "",
    frames: String(facts.frameCount),
    rateHz: String(facts.rateHz),
    soundMs: facts.soundSeconds === null ? "" : String(Math.round(facts.soundSeconds * 1000)),
    trailingBytes: String(facts.trailingBytes),
    oggLengthBytes: String(facts.oggLengthBytes),
    fetchedAt: new Date(facts.fetchedAtMs).toISOString(),
  };
}

/** Null when the object is not one that we have written whole. */
export function verifySource(object: R2Object): SourceFacts | null {
  const metadata = object.customMetadata ?? {};
  const sha256 = object.checksums.sha256 ? new Uint8Array(object.checksums.sha256).toHex() : "";
  const framing = FRAMINGS.find((known) => known === metadata.framing);
  const mode = MODES.find((known) => known === (metadata.mode ?? modeBefore(metadata)));
  const soundMs = countIn(metadata.soundMs);
  const facts: SourceFacts = {
    lengthBytes: object.size,
    contentType: object.httpMetadata?.contentType ?? "application/octet-stream",
    framing: framing || null,
    looksLike: metadata.looksLike || null,
    mode: mode || null,
    frameCount: countIn(metadata.frames),
    rateHz: countIn(metadata.rateHz),
    soundSeconds: soundMs >= 0 ? soundMs / 1000 : null,
    trailingBytes: countIn(metadata.trailingBytes),
    oggLengthBytes: countIn(metadata.oggLengthBytes),
    sha256,
    fetchedAtMs: Date.parse(metadata.fetchedAt ?? ""),
  };
  const { frameCount, rateHz, trailingBytes, oggLengthBytes, fetchedAtMs } = facts;
  const sound =
    object.size > 0 &&
    framing !== undefined &&
    // Of what has frames, the mode is known.
    mode !== undefined &&
    (framing === "") === (mode === "") &&
    metadata.bytes === String(object.size) &&
    sha256 !== "" &&
    metadata.sha256 === sha256 &&
    [frameCount, rateHz, trailingBytes, oggLengthBytes, fetchedAtMs].every((value) => value >= 0);
  return sound ? facts : null;
}

/** What was stored before the mode was noted has one that its rate tells. What is stored stays good. */
function modeBefore({ framing, rateHz }: Record<string, string>): SpeexMode | "" {
  if (framing === "") return "";
  return rateHz === "8000" ? "narrowband" : "wideband";
}

/** NaN for whatever is not a count as we write it: Number alone would take "" for 0. */
function countIn(value: string | undefined): number {
  return value !== undefined && /^[0-9]{1,15}$/.test(value) ? Number(value) : Number.NaN;
}

export function wavMetadata({ lengthBytes, rateHz, fetchedAtMs }: WavFacts): Record<string, string> {
  return {
    bytes: String(lengthBytes),
    decoderVersion: String(DECODER_VERSION),
    rateHz: String(rateHz),
    fetchedAt: new Date(fetchedAtMs).toISOString(),
  };
}

/** Null when the object is not one that we have written whole. */
export function verifyWav(object: R2Object): WavFacts | null {
  const { bytes, rateHz, fetchedAt } = object.customMetadata ?? {};
  const fetchedAtMs = Date.parse(fetchedAt ?? "");
  const sound = bytes === String(object.size) && Number(rateHz) > 0 && fetchedAtMs >= 0;
  return sound ? { lengthBytes: object.size, rateHz: Number(rateHz), fetchedAtMs } : null;
}

/** Which decoder has made a stored WAV: ours, one that ours replaces, or one that replaces ours. */
export function decoderAge(object: R2Object): "current" | "older" | "newer" {
  const version = Number(object.customMetadata?.decoderVersion);
  if (version === DECODER_VERSION) return "current";
  // While a new version of the Worker is rolled out both are at work: the older must not replace the newer's.
  return version > DECODER_VERSION ? "newer" : "older";
}
