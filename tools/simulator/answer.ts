/**
 * What an endpoint answers, as plain data. Misbehaviours rewrite it, and only at the very end does
 * `delivery.ts` make a Response of it: a Response or stream belongs to the request it was made in.
 */
import { utf8 } from "./bytes.ts";
import { errmsg, type WechatError } from "./errors.ts";

/** Not `charset`: this is the spelling WeChat sends. */
export const JSON_TYPE = "application/json; encoding=utf-8";

/** So many bytes at a time. `endless`: it never comes to its end. */
export interface Pace {
  readonly chunkBytes: number;
  readonly intervalMs: number;
  readonly endless: boolean;
}

export interface Answer {
  readonly nature: "recording" | "data" | "error" | "page";
  readonly status: number;
  /** Null unless WeChat refused. */
  readonly errcode: number | null;
  /** All but Content-Length and Date. */
  readonly headers: Readonly<Record<string, string>>;
  /** As it travels: compressed where `encoding` says so. */
  readonly body: Uint8Array<ArrayBuffer>;
  readonly encoding: "gzip" | null;
  /** What Content-Length says, in bytes, true or not. Null: the header isn't sent. */
  readonly contentLength: number | null;
  /** How the end of a body without Content-Length shows on the wire. */
  readonly endsBy: "chunks" | "close";
  /** How status line and headers come. Null: all at once. */
  readonly headPace: Pace | null;
  /** How the body comes. Null: all at once. */
  readonly pace: Pace | null;
  /** Null: the body comes to its end. */
  readonly cut: { readonly afterBytes: number; readonly ending: "error" | "close" } | null;
}

/** Puts an answer together whose Content-Length is right. */
export function createAnswer(
  nature: Answer["nature"],
  headers: Readonly<Record<string, string>>,
  body: Uint8Array<ArrayBuffer>,
): Answer {
  return {
    nature,
    status: 200,
    errcode: null,
    headers,
    body,
    encoding: null,
    contentLength: body.length,
    endsBy: "chunks",
    headPace: null,
    pace: null,
    cut: null,
  };
}

export function textAnswer(contentType: string, text: string): Answer {
  return createAnswer("data", { "content-type": contentType }, utf8(text));
}

export function jsonAnswer(value: unknown): Answer {
  return textAnswer(JSON_TYPE, JSON.stringify(value));
}

export function errorAnswer(error: WechatError, nowMs: number): Answer {
  const body = utf8(JSON.stringify({ errcode: error.errcode, errmsg: errmsg(error, nowMs) }));
  return {
    ...createAnswer("error", { "content-type": JSON_TYPE }, body),
    errcode: error.errcode,
  };
}

export function pageAnswer(status: number, contentType: string, text: string): Answer {
  return { ...createAnswer("page", { "content-type": contentType }, utf8(text)), status };
}

/** The same with another body, whose length Content-Length tells. */
export function withBody(answer: Answer, body: Uint8Array<ArrayBuffer>): Answer {
  return { ...answer, body, contentLength: body.length };
}

/** The same with one header more or, where the value is null, without it. */
export function withHeader(answer: Answer, name: string, value: string | null): Answer {
  const { [name]: _, ...others } = answer.headers;
  return { ...answer, headers: value === null ? others : { ...others, [name]: value } };
}

export function withType(answer: Answer, contentType: string | null): Answer {
  return withHeader(answer, "content-type", contentType);
}
