/** The answers that rows share. */
import type { Answer, FormName } from "./row.ts";

/** Forms that have a Last-Modified: all but the metadata, which tell what is stored. */
export const DATED: readonly FormName[] = ["speex", "wav", "ogg", "pcm"];

const VALIDATORS = { etag: "{etag}", "last-modified": "{date}" };
const CACHING = { "cache-control": "{caching}", "cache-status": "{cache}" };
const SENT = { ...VALIDATORS, ...CACHING, "accept-ranges": "bytes", "content-type": "{type}" };

export const WHOLE: Answer = {
  status: 200,
  body: "all",
  headers: { ...SENT, "content-length": "{bytes}", "content-range": null, vary: null },
};
export const HEAD: Answer = { ...WHOLE, body: "none" };
export const NOT_MODIFIED: Answer = {
  status: 304,
  body: "none",
  headers: { ...VALIDATORS, ...CACHING, "content-type": null, "content-range": null, vary: null },
};

/** 206 with these bytes. */
export function part(first: string, last: string, length: string): Answer {
  const range = { "content-range": `bytes ${first}-${last}/{bytes}`, "content-length": length };
  return { status: 206, body: "part", headers: { ...SENT, ...range, vary: null } };
}

/** A failure in RFC 9457's form. */
export function problem(status: number, code: string, headers: Answer["headers"] = {}): Answer {
  const always = { "content-type": "application/problem+json", "cache-control": "no-store" };
  return { status, code, body: "problem", headers: { ...always, vary: null, ...headers } };
}

export const FAILED = problem(412, "precondition-failed", VALIDATORS);
export const UNSATISFIABLE = problem(416, "range-not-satisfiable", {
  ...VALIDATORS,
  "content-range": "bytes */{bytes}",
  "accept-ranges": "bytes",
});

/** The same where Accept was used. */
export function varies(answer: Answer): Answer {
  return { ...answer, headers: { ...answer.headers, vary: "Accept, Sec-Fetch-Dest" } };
}
