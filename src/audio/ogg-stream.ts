/** Bytes of a voice in any framing → the same frames in an Ogg file. */
import { createPacketSplitter, type PacketRun } from "./framing.ts";
import { oggSerial } from "./ogg/crc.ts";
import { createOggWriter, type OggWriter } from "./ogg.ts";

/** `name` makes the stream's serial number, so that the same voice gives the same bytes. Fails with FramingError. */
export function createOggStream(name: string): TransformStream<Uint8Array, Uint8Array> {
  const splitter = createPacketSplitter();
  const serial = oggSerial(name);
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
