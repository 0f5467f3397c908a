/** Which form of a voice a request means that names none: its Accept header decides (RFC 9110 §12.5.1). */
import { ServiceError } from "../errors.ts";
import { preferredType } from "../http/accept.ts";
import { FORMATS, type Format } from "../voice/format.ts";

/** What the choice depends on, for Vary. */
export const NEGOTIATED_BY = "Accept, Sec-Fetch-Dest";

/**
 * In the order that decides where the caller has no preference. Ogg/Speex plays in few programs, so a client
 * that lists it as one of several gets something else.
 */
const FORMS: readonly Format[] = ["speex", "wav", "json", "ogg", "pcm"];

/** Names that people and programs use for the same forms. A wildcard means the names above. */
const OTHER_NAMES: Readonly<Record<string, Format>> = {
  "audio/x-wav": "wav",
  "audio/wave": "wav",
  "audio/vnd.wave": "wav",
  "application/ogg": "ogg",
  "audio/speex": "speex",
  "audio/x-speex": "speex",
  // A follower's message is mostly AMR, and given as it came.
  "audio/amr": "speex",
  "audio/amr-wb": "speex",
};

/** What a page shows or plays by itself: no browser plays bare Speex. */
const PLAYED_BY_BROWSERS = /^(?:audio|video|document|iframe|embed|object)$/;

const CALLERS = new Map<string, Format>([
  ...FORMS.map((form) => [FORMATS[form].mediaType, form] as const),
  ...Object.entries(OTHER_NAMES),
]);
const CALLER_TYPES = [...CALLERS.keys()];
const BROWSER_TYPES = [FORMATS.wav.mediaType, ...CALLER_TYPES];

/** Fails with `not-acceptable`. */
export function negotiate(headers: Headers): Format {
  const accept = headers.get("accept") ?? undefined;
  const preferred = preferredType(accept, isBrowser(headers, accept) ? BROWSER_TYPES : CALLER_TYPES);
  const format = CALLERS.get(preferred ?? "");
  if (format) return format;
  const types = FORMS.map((form) => FORMATS[form].mediaType);
  throw new ServiceError("not-acceptable", `A voice is available as ${types.join(", ")}.`);
}

/** An address bar or an audio element. Older browsers say only that they want a page. */
function isBrowser(headers: Headers, accept = ""): boolean {
  return PLAYED_BY_BROWSERS.test(headers.get("sec-fetch-dest") ?? "") || /\btext\/html\b/i.test(accept);
}
