/** The served forms that carry sound: how long each is, what names it, and where its bytes come from. */
import { createOggStream } from "../audio/ogg-stream.ts";
import { WAV_HEADER_BYTES } from "../audio/wav.ts";
import { ServiceError } from "../errors.ts";
import { withLength } from "../http/fixed-length.ts";
import { type ByteRange, rangeLength, sliceStream } from "../http/range.ts";
import type { Decoded } from "./decoded.ts";
import { etagOf, FORMATS } from "./format.ts";
import type { Outlook, Source } from "./source.ts";
import type { Voice } from "./voice.ts";

/** A voice without its name. */
export type Form = Omit<Voice, "mediaId" | "format" | "mediaType"> & Partial<Pick<Voice, "mediaType">>;

/** What must be known of a source to make another form of it. Fails with `voice-undecodable`. */
export async function decodableOutlook(source: Source): Promise<Outlook> {
  const outlook = await source.outlook();
  if (outlook.framing !== null && outlook.frameCount > 0) return outlook;
  await source.discard();
  throw new ServiceError(
    "voice-undecodable",
    `The voice is not Speex as we know it: it looks like ${outlook.looksLike ?? "nothing we know"}. The .speex form gives its bytes unchanged.`,
  );
}

/** Speex frames as they came, or in Ogg. */
export async function encodedForm(mediaId: string, format: "speex" | "ogg", source: Source): Promise<Form> {
  const outlook = await (format === "ogg" ? decodableOutlook(source) : source.outlook());
  // What came in Ogg is served as it came.
  const isOgg = format === "ogg" && outlook.framing !== "ogg";
  const lengthBytes = isOgg ? outlook.oggLengthBytes : outlook.lengthBytes;
  return {
    lengthBytes,
    etag: etagOf(mediaId, format),
    lastModifiedMs: source.fetchedAtMs,
    cacheStatus: source.cacheStatus,
    discard: () => source.discard(),
    ...mediaTypeOf(outlook),
    async body(range) {
      if (!isOgg) return source.read(range);
      const ogg = (await source.read(null)).pipeThrough(createOggStream(mediaId));
      return range ? withLength(sliceStream(ogg, range), rangeLength(range)) : withLength(ogg, lengthBytes);
    },
  };
}

/** Voice messages come as AMR (RFC 4867 §8); what is kept as it came is not called Speex. */
function mediaTypeOf({ framing, looksLike }: Outlook): { mediaType?: string } {
  if (framing !== null) return {};
  if (looksLike === "amr") return { mediaType: "audio/amr" };
  return looksLike === "amr-wb" ? { mediaType: "audio/amr-wb" } : {};
}

/** WAV, or the samples behind its header. */
export function decodedForm(mediaId: string, format: "wav" | "pcm", decoded: Decoded): Form {
  const skippedBytes = format === "pcm" ? WAV_HEADER_BYTES : 0;
  const lengthBytes = decoded.lengthBytes - skippedBytes;
  const whole: ByteRange = { first: 0, last: lengthBytes - 1 };
  return {
    lengthBytes,
    etag: etagOf(mediaId, format),
    lastModifiedMs: decoded.fetchedAtMs,
    cacheStatus: decoded.cacheStatus,
    discard: () => decoded.discard(),
    ...(format === "pcm"
      ? { mediaType: FORMATS.pcm.mediaType.replace("16000", String(decoded.rateHz)) }
      : {}),
    async body(range) {
      const { first, last } = range ?? whole;
      return decoded.read({ first: first + skippedBytes, last: last + skippedBytes });
    },
  };
}
