/** Forms that are made anew for each reader, at its own pace, out of a source that several may share. Runs inside a keeper. */

import { oggSerial } from "../audio/ogg/crc.ts";
import { createOggWriter, type OggWriter } from "../audio/ogg.ts";
import { createSoundDecoder, type SoundDecoder } from "../audio/sound.ts";
import speexModule from "../audio/speex/speex.wasm";
import { WAV_HEADER_BYTES, wavHeader } from "../audio/wav.ts";
import type { ByteRange } from "../http/range.ts";
import type { Outlook } from "./facts.ts";
import { pcmBytesPerFrame, sampleCountOf } from "./form.ts";
import { PacketWalk } from "./packet-walk.ts";
import type { Source } from "./source.ts";

/** Decoded ahead for one reader: four seconds, 128 kB. */
const FRAMES_PER_PIECE = 200;

type Write = (piece: Uint8Array) => Promise<void>;

/** Part of the Ogg form of a source that is no Ogg itself. Never rejects (GrowingBytes.send). */
export function sendOgg(
  source: Source,
  mediaId: string,
  range: ByteRange,
  to: WritableStream<Uint8Array>,
): Promise<void> {
  return sendPart(to, 0, range, async (write) => {
    const packets = new PacketWalk(source);
    let writer: OggWriter | null = null;
    for (let run = await packets.next(Infinity); run; run = await packets.next(Infinity)) {
      writer ??= createOggWriter({ serial: oggSerial(mediaId), info: packets.info });
      await write(writer.write(run));
    }
    if (writer) await write(writer.end());
  });
}

/** Part of the WAV form, decoded only as far as the range goes. Never rejects. */
export function sendDecoded(
  source: Source,
  outlook: Outlook,
  range: ByteRange,
  to: WritableStream<Uint8Array>,
): Promise<void> {
  const frameBytes = pcmBytesPerFrame(outlook);
  const skipFrames = Math.max(0, Math.floor((range.first - WAV_HEADER_BYTES) / frameBytes));
  const startBytes = skipFrames === 0 ? 0 : WAV_HEADER_BYTES + skipFrames * frameBytes;
  return sendPart(to, startBytes, range, async (write) => {
    if (startBytes === 0) await write(wavHeader(sampleCountOf(outlook), outlook.rateHz));
    const packets = new PacketWalk(source);
    const piece = new Uint8Array(FRAMES_PER_PIECE * frameBytes);
    let decoder: SoundDecoder | null = null;
    try {
      for (let run = await packets.next(FRAMES_PER_PIECE); run; run = await packets.next(FRAMES_PER_PIECE)) {
        decoder ??= createSoundDecoder(speexModule, packets.info, { skipFrames });
        await write(piece.subarray(0, decoder.decodeInto(piece, 0, run)));
      }
    } finally {
      decoder?.close();
    }
  });
}

/** The range is complete: no more pieces are needed. */
const ENOUGH = new Error("all of the range has been sent");

/** Passes on what lies inside the range, of pieces that begin at `at`, and ends as soon as it has passed. */
async function sendPart(
  to: WritableStream<Uint8Array>,
  at: number,
  { first, last }: ByteRange,
  make: (write: Write) => Promise<void>,
): Promise<void> {
  const writer = to.getWriter();
  let position = at;
  try {
    await make(async (piece) => {
      const from = Math.max(first - position, 0);
      const end = Math.min(last + 1 - position, piece.length);
      position += piece.length;
      if (end > from) await writer.write(piece.subarray(from, end));
      if (position > last) throw ENOUGH;
    }).catch((error) => {
      if (error !== ENOUGH) throw error;
    });
    await writer.close();
  } catch (error) {
    await writer.abort(error).catch(() => {});
  }
}
