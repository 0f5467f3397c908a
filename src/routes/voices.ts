/** `GET, HEAD /v1/voices/{mediaId}[.speex|.ogg|.json]` */
import { Hono } from "hono";
import type { AppEnv } from "../app-env.ts";
import { requireScope } from "../auth/access.ts";
import { ServiceError } from "../errors.ts";
import { preferredType } from "../http/accept.ts";
import { sendRepresentation } from "../http/representation.ts";
import { VOICE_MAX_AGE_SECONDS } from "../limits.ts";
import { FORMATS, type Format, parseVoiceName } from "../voice/format.ts";
import type { Voice } from "../voice/service.ts";
import { allowOnly } from "./method-not-allowed.ts";

export const voices = new Hono<AppEnv>()
  .get("/:name", requireScope("voices:read"), async (c) => {
    const { mediaId, format } = parseVoiceName(c.req.param("name"));
    const wants = c.req.method === "HEAD" ? "facts" : "body";
    const voice = await c.var.voices.open(mediaId, format ?? negotiate(c.req.header("accept")), wants);
    const headers = voiceHeaders(voice, c.var.timings.header());
    if (format === null) headers.set("vary", "Accept");
    return sendRepresentation(c.req.raw, voice, headers);
  })
  .all("/:name", allowOnly("GET", "HEAD"));

function voiceHeaders(voice: Voice, serverTiming: string): Headers {
  return new Headers({
    // A voice never changes, but what is known of it does, as its forms are stored.
    "cache-control":
      voice.format === "json" ? "private, no-cache" : `private, max-age=${VOICE_MAX_AGE_SECONDS}, immutable`,
    "cache-status": `hdvoice; ${voice.cacheStatus}`,
    "content-disposition": `inline; filename="${voice.mediaId}.${voice.format}"`,
    "server-timing": serverTiming,
  });
}

/** By media type. Ogg/Speex plays in few programs, so a client that lists it among others gets something else. */
const TIERS: readonly (readonly Format[])[] = [["speex", "json"], ["ogg"]];

function negotiate(accept: string | undefined): Format {
  const tiers = TIERS.map((tier) => tier.map((format) => FORMATS[format].mediaType));
  const preferred = preferredType(accept, tiers);
  const format = (Object.keys(FORMATS) as Format[]).find((known) => FORMATS[known].mediaType === preferred);
  if (format) return format;
  throw new ServiceError("not-acceptable", `A voice can be had as ${tiers.flat().join(", ")}.`);
}
