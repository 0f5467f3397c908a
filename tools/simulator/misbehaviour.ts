/**
 * The ways the simulator can be told to misbehave. What each is for, in one line, with an example, is in manners.ts;
 * which call meets which rule is in rule-book.ts.
 */
import type { Answer } from "./answer.ts";

/** Which answers a rule changes, where it isn't meant for the kind it is made for. */
export type AnswerNature = Answer["nature"] | "any";

/** Puts another answer in the endpoint's place: the endpoint isn't run, no quota is used, no token issued. */
export type Replacement =
  | { kind: "hang" }
  | { kind: "network-failure" }
  /** 400 … 599. */
  | { kind: "status"; status: number }
  /** `contentType` null: no such header. */
  | { kind: "errcode"; errcode: number; errmsg?: string; contentType?: string | null }
  /** Revoked 40001, malformed 40014, expired 42001. Fires only on calls that carry an access_token. */
  | { kind: "token-refused"; because: "revoked" | "malformed" | "expired" }
  | { kind: "html-page" }
  | { kind: "video-url" }
  | { kind: "ok-without-media" }
  /** Default type: JSON's. */
  | { kind: "body"; text: string; contentType?: string | null };

/** Changes the answer that there would have been. */
export type Reshaping =
  /** `xor` 1 … 255: the bits to flip in each of `count` (default 1) bytes. Default 1. */
  | { kind: "changed-bytes"; atByte: number; count?: number; xor?: number }
  /** Default: from frame 0. */
  | { kind: "damaged-frames"; frameCount: number; fromFrame?: number; as: FrameDamage }
  | { kind: "header-bytes" }
  | { kind: "tagged"; with: Tag }
  /** `json` is put there as it is: `1e20`, `"7200"`, `null`. Empty: the field is left out. */
  | { kind: "expires-in"; json: string }
  | { kind: "numbers-as-text" }
  | { kind: "error-prefix"; prefix: string }
  /** Null: no such header. */
  | { kind: "content-type"; contentType: string | null }
  | { kind: "text-errors" }
  | { kind: "attachment"; filename: string }
  | { kind: "empty-body" }
  | { kind: "gzip" }
  /** Above 0 promises too much, below 0 too little. */
  | { kind: "wrong-content-length"; offByBytes: number }
  /** How the end shows on the wire then. Default `chunks`; `close`: by the end of the connection only. */
  | { kind: "no-content-length"; endsBy?: "chunks" | "close" }
  /** `endless`: the head never ends. */
  | { kind: "drip-head"; chunkBytes: number; intervalMs: number; endless?: boolean }
  /** `endless`: the body begins anew each time it has come to its end, without a Content-Length. */
  | { kind: "drip"; chunkBytes: number; intervalMs: number; endless?: boolean }
  /** Default `error`. `close` ends quietly. */
  | { kind: "cut"; afterBytes: number; ending?: "error" | "close" };

/** What a frame is made into: zeros only, ones only, or noise that is the same each time. */
export type FrameDamage = "zeros" | "ones" | "noise";

/** `id3v1`: 128 bytes behind. `id3v2`: 64 bytes in front. `zeros`: 128 of them behind. */
export type Tag = "id3v1" | "id3v2" | "zeros";

export type Misbehaviour = { kind: "delay"; delayMs: number } | Replacement | Reshaping;

export type MisbehaviourKind = Misbehaviour["kind"];

/** Which calls a rule is for; what is left out matches every call. */
export interface MisbehaviourScope {
  mediaId?: string;
  path?: string;
  appId?: string;
  /** Which answers a rule of `Reshaping` is for. Default: as RESHAPING (reshaping.ts) has it. */
  of?: AnswerNature;
  /** How often it fires. Default: always. */
  times?: number;
  /** How many matching calls it lets pass first. Default 0. */
  skip?: number;
  /** Fires on every n-th matching call only: 5 makes a fifth of them fail. Default 1. */
  every?: number;
}

export type MisbehaviourRule = Misbehaviour & MisbehaviourScope;

export type RuleOf<K extends MisbehaviourKind> = Extract<MisbehaviourRule, { kind: K }>;

/** The kinds of `Replacement`. They count as one: one of them fires on a call. */
export const REPLACING = [
  "hang",
  "network-failure",
  "status",
  "errcode",
  "token-refused",
  "html-page",
  "video-url",
  "ok-without-media",
  "body",
] as const satisfies readonly Replacement["kind"][];
