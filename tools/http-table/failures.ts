import { problem, WHOLE } from "./answers.ts";
import type { FormName, Row } from "./row.ts";

const MISSING = { "cache-status": "{cache}" };
const NO_SOUND: readonly FormName[] = ["wav", "ogg", "pcm"];

export const FAILURES: readonly Row[] = [
  {
    request: "a voice that WeChat doesn't have",
    voices: ["gone"],
    answer: problem(404, "voice-not-found", MISSING),
  },
  {
    request: "its headers",
    method: "HEAD",
    voices: ["gone"],
    answer: { ...problem(404, "voice-not-found", MISSING), body: "none" },
  },
  {
    request: "if there is any such voice",
    headers: { "if-match": "*" },
    voices: ["gone"],
    answer: problem(404, "voice-not-found"),
  },
  {
    request: "sound from bytes that are not Speex",
    forms: NO_SOUND,
    voices: ["not-speex"],
    answer: problem(422, "voice-undecodable"),
  },
  {
    request: "part of sound from bytes that are not Speex",
    headers: { range: "bytes=0-1" },
    forms: NO_SOUND,
    voices: ["not-speex"],
    answer: problem(422, "voice-undecodable"),
  },
  {
    request: "bytes that are not Speex, as they are",
    forms: ["speex", "json"],
    voices: ["not-speex"],
    answer: WHOLE,
  },
  {
    request: "a voice longer than MAX_VOICE_SECONDS",
    voices: ["too-long"],
    settings: { MAX_VOICE_SECONDS: "2" },
    answer: problem(413, "voice-too-long"),
  },
  {
    request: "a malformed media id",
    path: "/v1/voices/a%20b.{form}",
    answer: problem(400, "media-id-malformed"),
  },
  {
    request: "an unknown suffix",
    path: "/v1/voices/{mediaId}.flac",
    forms: ["wav"],
    answer: problem(400, "format-unknown"),
  },
  {
    request: "an unknown account",
    path: "/v1/apps/wxunknown/voices/{mediaId}.{form}",
    answer: problem(404, "account-unknown"),
  },
  {
    request: "an unknown path",
    path: "/v1/voice/{mediaId}.{form}",
    answer: problem(404, "route-not-found"),
  },
  {
    request: "without a key",
    caller: "nobody",
    answer: problem(401, "unauthorized", { "www-authenticate": 'Bearer realm="hdvoice"' }),
  },
  { request: "a key without the scope", caller: "scopeless", answer: problem(403, "forbidden") },
  {
    request: "another method",
    method: "PUT",
    answer: problem(405, "method-not-allowed", { allow: "GET, HEAD, DELETE" }),
  },
];
