/** A voice that lies in the store, ready to be sent. No other request is waited for, and no keeper is woken. */

import { joinBytes } from "../audio/bytes.ts";
import { createPacketFinder } from "../audio/framing.ts";
import { oggSerial } from "../audio/ogg/crc.ts";
import { createOggWriter } from "../audio/ogg.ts";
import { WAV_HEADER_BYTES } from "../audio/wav.ts";
import { ServiceError } from "../errors.ts";
import { type ByteRange, rangeLength } from "../http/range.ts";
import type { StoredSource, StoredWav } from "./facts.ts";
import { describeDecoded, describeForm, isSourceOgg } from "./form.ts";
import { etagOf } from "./format.ts";
import type { Shelf } from "./store.ts";
import type { StoredForm } from "./stored-form.ts";
import type { Voice } from "./voice.ts";

/** Fails with `voice-undecodable` where the source can't be made into this form. */
export async function storedSource(
  mediaId: string,
  format: "speex" | "ogg",
  { facts, object }: StoredSource,
  shelf: Shelf,
): Promise<Voice> {
  const discard = async () => object?.body.cancel();
  let form: ReturnType<typeof describeForm>;
  try {
    form = describeForm(format, facts);
  } catch (error) {
    await discard();
    throw error;
  }
  const isMade = format === "ogg" && !isSourceOgg(facts);
  const whole: ByteRange = { first: 0, last: facts.lengthBytes - 1 };
  return {
    ...form,
    mediaId,
    format,
    etag: etagOf(mediaId, format),
    lastModifiedMs: facts.fetchedAtMs,
    cacheStatus: "hit",
    discard,
    async body(range) {
      if (!isMade) return part(shelf, "source", object, facts.lengthBytes, range ?? whole);
      const source = await part(shelf, "source", object, facts.lengthBytes, whole);
      const ogg = oggOf(mediaId, await new Response(source).bytes());
      return range ? ogg.subarray(range.first, range.last + 1) : ogg;
    },
  };
}

export function storedWav(
  mediaId: string,
  format: "wav" | "pcm",
  { facts, object }: StoredWav,
  shelf: Shelf,
): Voice {
  const skippedBytes = format === "pcm" ? WAV_HEADER_BYTES : 0;
  const form = describeDecoded(format, facts);
  const whole: ByteRange = { first: 0, last: form.lengthBytes - 1 };
  return {
    ...form,
    mediaId,
    format,
    etag: etagOf(mediaId, format),
    lastModifiedMs: facts.fetchedAtMs,
    cacheStatus: "hit",
    discard: async () => object?.body.cancel(),
    async body(range) {
      const { first, last } = range ?? whole;
      const ofWav = { first: first + skippedBytes, last: last + skippedBytes };
      return part(shelf, "wav", object, facts.lengthBytes, ofWav);
    },
  };
}

/** Part of a stored form, which must be there; out of the object, if it has been opened and all of it is wanted. */
async function part(
  shelf: Shelf,
  form: StoredForm,
  object: R2ObjectBody | null,
  lengthBytes: number,
  range: ByteRange,
): Promise<ReadableStream<Uint8Array>> {
  if (object && rangeLength(range) === lengthBytes) return object.body;
  await object?.body.cancel();
  const body = await shelf.readRange(form, range);
  if (body) return body;
  throw new ServiceError("voice-not-found", "The voice was deleted while it was being read.");
}

/** The whole Ogg form of a source that is none itself. */
export function oggOf(mediaId: string, source: Uint8Array): Uint8Array {
  const finder = createPacketFinder();
  const run = finder.find(source);
  const last = finder.end(source).run;
  const writer = createOggWriter({
    serial: oggSerial(mediaId),
    ...(finder.info ? { info: finder.info } : {}),
  });
  return joinBytes([writer.write(run), writer.write(last), writer.end()]);
}
