/** A voice as its keeper has opened it, ready to be sent. */
import type { ByteRange } from "../http/range.ts";
import { etagOf } from "./format.ts";
import type { Opening, OpenQuestion, VoiceKeeper } from "./keeper-client.ts";
import type { Voice } from "./voice.ts";

interface Opened {
  readonly opening: Opening;
  readonly body: ReadableStream<Uint8Array> | null;
}

export function keptVoice(question: OpenQuestion, opened: Opened, keeper: Pick<VoiceKeeper, "open">): Voice {
  const { mediaId, format } = question;
  const { lengthBytes, mediaType, suffix, fetchedAtMs, cacheStatus } = opened.opening;
  const whole: ByteRange = { first: 0, last: lengthBytes - 1 };
  return {
    mediaId,
    format,
    mediaType,
    suffix,
    lengthBytes,
    etag: etagOf(mediaId, format),
    lastModifiedMs: fetchedAtMs,
    cacheStatus,
    async body(range) {
      const wanted = range ?? whole;
      const { body, opening } = opened;
      if (body && opening.range?.first === wanted.first && opening.range.last === wanted.last) return body;
      // Another part than was expected.
      await body?.cancel();
      const again = await keeper.open({ ...question, wants: "body", range: wanted });
      if (again.body) return again.body;
      throw new Error("a keeper gave no body for a range that it can give");
    },
    discard: async () => opened.body?.cancel(),
  };
}
