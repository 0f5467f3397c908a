import { NOT_MODIFIED, problem, UNSATISFIABLE, varies, WHOLE } from "./answers.ts";
import type { Row } from "./row.ts";

const NEGOTIATED = "/v1/voices/{mediaId}";

export const NEGOTIATION: readonly Row[] = [
  { request: "without Accept", path: NEGOTIATED, forms: ["speex"], answer: varies(WHOLE) },
  {
    request: "any sound",
    path: NEGOTIATED,
    headers: { accept: "audio/*" },
    forms: ["wav"],
    answer: varies(WHOLE),
  },
  {
    request: "Ogg rather than WAV",
    path: NEGOTIATED,
    headers: { accept: "audio/wav;q=0.1, audio/ogg" },
    forms: ["ogg"],
    answer: varies(WHOLE),
  },
  {
    request: "a browser that plays it",
    path: NEGOTIATED,
    headers: { accept: "*/*", "sec-fetch-dest": "audio" },
    forms: ["wav"],
    answer: varies(WHOLE),
  },
  {
    request: "WAV by another of its names",
    path: NEGOTIATED,
    headers: { accept: "audio/x-wav" },
    forms: ["wav"],
    answer: varies(WHOLE),
  },
  {
    request: "the metadata",
    path: NEGOTIATED,
    headers: { accept: "application/json" },
    forms: ["json"],
    answer: varies(WHOLE),
  },
  {
    request: "… unless it is this one",
    path: NEGOTIATED,
    headers: { accept: "audio/wav", "if-none-match": "{etag}" },
    forms: ["wav"],
    answer: varies(NOT_MODIFIED),
  },
  {
    request: "… after its end",
    path: NEGOTIATED,
    headers: { accept: "audio/wav", range: "bytes={bytes}-" },
    forms: ["wav"],
    answer: varies(UNSATISFIABLE),
  },
  {
    request: "an image",
    path: NEGOTIATED,
    headers: { accept: "image/png" },
    forms: ["speex"],
    answer: varies(problem(406, "not-acceptable")),
  },
  { request: "a suffix, which counts more than Accept", headers: { accept: "image/png" }, answer: WHOLE },
];
