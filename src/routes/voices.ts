/** `GET, HEAD /v1/voices/{mediaId}[.speex|.wav|.ogg|.pcm|.json]`, several `{mediaId},…{mediaId}.{wav|pcm|json}`, `DELETE /v1/voices/{mediaId}` */
import type { Context, Next } from "hono";
import { OPERATIONS } from "../api/operations.ts";
import { ServiceError } from "../errors.ts";
import { parseRange } from "../http/range.ts";
import { sendRepresentation } from "../http/representation.ts";
import { VOICE_MAX_AGE_SECONDS } from "../limits.ts";
import type { AppEnv } from "../middleware/app-env.ts";
import { FORMAT_NAMES, parseVoiceName, SUFFIXES } from "../voice/format.ts";
import { JOINED_FORMATS, openJoined, parseJoinedName } from "../voice/joined.ts";
import type { Wants } from "../voice/service.ts";
import type { Voice } from "../voice/voice.ts";
import { NEGOTIATED_BY, negotiate } from "./negotiation.ts";
import { resource, serve } from "./serve.ts";
import { getTranscript } from "./transcripts.ts";

export const voices = resource(
  getTranscript,
  serve(
    OPERATIONS.getVoice,
    async (c, { parameters: { name } }) => {
      const voice = await (name.includes(",")
        ? openJoined(c.get("voices"), parseJoinedName(name, JOINED_FORMATS))
        : open(c, name));
      return sendRepresentation(c.req.raw, voice, voiceHeaders(voice, c.get("timings").header()));
    },
    varyWhereNegotiated,
  ),
  serve(OPERATIONS.deleteVoice, async (c, { parameters: { name } }) => {
    const { mediaId, format } = parseVoiceName(name, SUFFIXES);
    if (format !== null) {
      throw new ServiceError(
        "request-invalid",
        "DELETE removes every form: name the voice without a suffix.",
      );
    }
    await c.get("voices").remove(mediaId);
    return c.body(null, 204);
  }),
);

function open(c: Context<AppEnv>, name: string): Promise<Voice> {
  const { mediaId, format } = parseVoiceName(name, FORMAT_NAMES);
  const wanted = format ?? negotiate(c.req.raw.headers);
  return c.get("voices").open(mediaId, wanted, wantsOf(c.req.raw));
}

/** Without a suffix the Accept header decides, over failures such as 406, 416 or 422 too. */
async function varyWhereNegotiated(c: Context<AppEnv>, next: Next): Promise<void> {
  await next();
  if (!c.req.path.includes(".")) c.res.headers.append("vary", NEGOTIATED_BY);
}

/** Headers by which a body may turn out not to be wanted, or another part of it. */
const CONDITIONS = ["if-none-match", "if-modified-since", "if-range"];

/** How much of a voice to open, as far as the headers tell. */
export function wantsOf({ method, headers }: Request): Wants {
  if (method === "HEAD" || CONDITIONS.some((name) => headers.has(name))) return "facts";
  return parseRange(headers.get("range")) ?? "all";
}

function voiceHeaders(voice: Voice, serverTiming: string): Headers {
  return new Headers({
    // What .json tells about the store can change at any time.
    "cache-control": voice.format === "json" ? "private, no-cache" : VOICE_CACHE_CONTROL,
    "cache-status": `hdvoice; ${voice.cacheStatus}`,
    "content-disposition": `inline; filename="${voice.mediaId}.${voice.suffix}"`,
    "server-timing": serverTiming,
  });
}

const VOICE_CACHE_CONTROL = `private, max-age=${VOICE_MAX_AGE_SECONDS}, immutable`;
