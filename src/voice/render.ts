/** Makes the served forms out of a source. */
import { createPacketSplitter, type PacketRun } from "../audio/framing.ts";
import { oggSerial } from "../audio/ogg/crc.ts";
import { createOggWriter, type OggWriter } from "../audio/ogg.ts";
import { ServiceError } from "../errors.ts";
import type { Format } from "./format.ts";
import type { Outlook } from "./source.ts";

/** A form with sound in it. */
export type SoundFormat = Exclude<Format, "json">;

/** The exact size of a form, known before any of it is made. Fails with `voice-undecodable`. */
export function lengthOf(format: SoundFormat, outlook: Outlook): number {
  if (format === "speex") return outlook.lengthBytes;
  if (outlook.framing === null || outlook.frameCount === 0) {
    throw new ServiceError(
      "voice-undecodable",
      `The voice is not Speex as we know it: it looks like ${outlook.looksLike ?? "nothing we know"}. The .speex form gives its bytes unchanged.`,
    );
  }
  return outlook.oggLengthBytes;
}

/** Turns the source's bytes into the form's, as they come. */
export function render(
  format: SoundFormat,
  source: ReadableStream<Uint8Array>,
  mediaId: string,
): ReadableStream<Uint8Array> {
  return format === "speex" ? source : source.pipeThrough(createOggStream(mediaId));
}

function createOggStream(mediaId: string): TransformStream<Uint8Array, Uint8Array> {
  const splitter = createPacketSplitter();
  // The name makes the serial number, so that the same voice gives the same bytes.
  const serial = oggSerial(mediaId);
  let writer: OggWriter | null = null;

  function pagesOf(run: PacketRun): Uint8Array {
    writer ??= createOggWriter({ serial, ...(splitter.info ? { info: splitter.info } : {}) });
    return writer.write(run);
  }

  return new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      const run = splitter.write(chunk);
      if (run.lengths.length > 0) controller.enqueue(pagesOf(run));
    },
    flush(controller) {
      controller.enqueue(pagesOf(splitter.end().run));
      if (writer) controller.enqueue(writer.end());
    },
  });
}
