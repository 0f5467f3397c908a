/** The shape of a rule that comes in from outside, as JSON. */
import { z } from "zod";
import type { MisbehaviourRule } from "./misbehaviour.ts";

const count = z.int().min(0);
const positive = z.int().min(1);
const contentType = z.string().min(1).nullable();

const SCOPE = {
  mediaId: z.string().exactOptional(),
  path: z.string().startsWith("/").exactOptional(),
  appId: z.string().exactOptional(),
  times: positive.exactOptional(),
  skip: count.exactOptional(),
  every: positive.exactOptional(),
};
const OF = z.enum(["recording", "data", "error", "page", "any"]).exactOptional();

/** Of a rule that answers in the endpoint's place, or makes the caller wait. */
function rule<K extends MisbehaviourRule["kind"], Fields extends z.ZodRawShape>(kind: K, fields: Fields) {
  return z.strictObject({ kind: z.literal(kind), ...fields, ...SCOPE });
}

/** Of a rule that changes an answer: which answers, is a choice. */
function reshaping<K extends MisbehaviourRule["kind"], Fields extends z.ZodRawShape>(
  kind: K,
  fields: Fields,
) {
  return z.strictObject({ kind: z.literal(kind), ...fields, ...SCOPE, of: OF });
}

export const RULE = z.discriminatedUnion("kind", [
  rule("delay", { delayMs: count }),
  rule("hang", {}),
  rule("network-failure", {}),
  rule("status", { status: z.int().min(400).max(599) }),
  rule("errcode", {
    errcode: z.int(),
    errmsg: z.string().exactOptional(),
    contentType: contentType.exactOptional(),
  }),
  rule("token-refused", { because: z.enum(["revoked", "malformed", "expired"]) }),
  rule("html-page", {}),
  rule("video-url", {}),
  rule("ok-without-media", {}),
  rule("body", { text: z.string(), contentType: contentType.exactOptional() }),
  reshaping("changed-bytes", {
    atByte: count,
    count: positive.exactOptional(),
    xor: z.int().min(1).max(255).exactOptional(),
  }),
  reshaping("damaged-frames", {
    frameCount: positive,
    fromFrame: count.exactOptional(),
    as: z.enum(["zeros", "ones", "noise"]),
  }),
  reshaping("header-bytes", {}),
  reshaping("tagged", { with: z.enum(["id3v1", "id3v2", "zeros"]) }),
  reshaping("expires-in", { json: z.string() }),
  reshaping("numbers-as-text", {}),
  reshaping("error-prefix", { prefix: z.string() }),
  reshaping("content-type", { contentType }),
  reshaping("text-errors", {}),
  reshaping("attachment", { filename: z.string() }),
  reshaping("empty-body", {}),
  reshaping("gzip", {}),
  reshaping("wrong-content-length", { offByBytes: z.int() }),
  reshaping("no-content-length", { endsBy: z.enum(["chunks", "close"]).exactOptional() }),
  reshaping("drip-head", { chunkBytes: positive, intervalMs: count, endless: z.boolean().exactOptional() }),
  reshaping("drip", { chunkBytes: positive, intervalMs: count, endless: z.boolean().exactOptional() }),
  reshaping("cut", { afterBytes: count, ending: z.enum(["error", "close"]).exactOptional() }),
]) satisfies z.ZodType<MisbehaviourRule>;
