import { problem, WHOLE } from "./answers.ts";
import type { Answer, Row } from "./row.ts";

const NEGOTIATED = "/v1/voices/{mediaId}";

const SITE = "https://app.example.com";
const PREFLIGHT = {
  origin: SITE,
  "access-control-request-method": "GET",
  "access-control-request-headers": "range",
};
const GONE: Answer = { status: 204, body: "none", headers: { "content-type": null, vary: null } };
const CORS = { "access-control-allow-origin": SITE, vary: "Origin" };

export const OTHERS: readonly Row[] = [
  {
    request: "delete it",
    method: "DELETE",
    path: NEGOTIATED,
    caller: "deleter",
    forms: ["speex"],
    voices: ["new", "stored", "gone"],
    answer: GONE,
  },
  {
    request: "delete one form of it",
    method: "DELETE",
    caller: "deleter",
    answer: problem(400, "request-invalid"),
  },
  {
    request: "delete it without the scope",
    method: "DELETE",
    path: NEGOTIATED,
    forms: ["speex"],
    answer: problem(403, "forbidden"),
  },
  {
    request: "a page on a configured site, preflight",
    method: "OPTIONS",
    caller: "nobody",
    headers: PREFLIGHT,
    settings: { CORS_ORIGINS: SITE },
    answer: {
      status: 204,
      body: "none",
      headers: { ...CORS, vary: "Origin", "access-control-max-age": "7200" },
    },
  },
  {
    request: "a page on a configured site",
    headers: { origin: SITE },
    settings: { CORS_ORIGINS: SITE },
    answer: { ...WHOLE, headers: { ...WHOLE.headers, ...CORS } },
  },
  {
    request: "a page on another site",
    headers: { origin: "https://other.example.com" },
    settings: { CORS_ORIGINS: SITE },
    answer: { ...WHOLE, headers: { ...WHOLE.headers, vary: "Origin", "access-control-allow-origin": null } },
  },
  {
    request: "a page, where no site is configured",
    headers: { origin: SITE },
    answer: { ...WHOLE, headers: { ...WHOLE.headers, "access-control-allow-origin": null } },
  },
];
