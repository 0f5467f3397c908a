/**
 * What an endpoint answers, as plain data. Misbehaviours rewrite it, and only at the very end does
 * `delivery.ts` make a Response of it: a Response or stream belongs to the request it was made in.
 */
import { errmsg, type WechatError } from "./errors.ts";

/** Not `charset`: this is the spelling WeChat sends. */
const JSON_TYPE = "application/json; encoding=utf-8";

export interface Answer {
  readonly nature: "recording" | "data" | "error" | "page";
  readonly status: number;
  /** Null unless WeChat refused. */
  readonly errcode: number | null;
  /** All but Content-Length and Date. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array<ArrayBuffer>;
  /** What Content-Length says, in bytes, true or not. Null: the header isn't sent. */
  readonly contentLength: number | null;
  /** Null: all at once. */
  readonly pace: { readonly chunkBytes: number; readonly intervalMs: number } | null;
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
    contentLength: body.length,
    pace: null,
    cut: null,
  };
}

export function jsonAnswer(value: unknown): Answer {
  return createAnswer("data", { "content-type": JSON_TYPE }, utf8(JSON.stringify(value)));
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

export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new TextEncoder().encode(text));
}
