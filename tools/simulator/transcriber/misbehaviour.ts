/** The ways the transcriber's stand-in can be told to misbehave. The first rule that fits answers. */
import { z } from "zod";
import { NetworkFailure } from "../replacement.ts";
import { hang, sleep } from "../sleep.ts";
import { BUSY, refusalResponse } from "./refusal.ts";

const times = z.int().min(1).exactOptional();

export const TRANSCRIBER_RULE = z.discriminatedUnion("kind", [
  /** In OpenAI's words, or in your own. */
  z.strictObject({
    kind: z.literal("status"),
    status: z.int().min(300).max(599),
    message: z.string().exactOptional(),
    retryAfter: z.string().exactOptional(),
    times,
  }),
  z.strictObject({ kind: z.literal("slow"), delayMs: z.int().min(0), times }),
  z.strictObject({ kind: z.literal("hang"), times }),
  z.strictObject({ kind: z.literal("network-failure"), times }),
  /** Status 200, with any text. */
  z.strictObject({
    kind: z.literal("body"),
    text: z.string(),
    contentType: z.string().exactOptional(),
    times,
  }),
  /** A body that breaks off. */
  z.strictObject({ kind: z.literal("cut"), times }),
]);
export type TranscriberRule = z.infer<typeof TRANSCRIBER_RULE>;

/** What is answered in the place of a transcript. Null: a transcript, after a while. */
export async function misbehave(rule: TranscriberRule, signal: AbortSignal): Promise<Response | null> {
  switch (rule.kind) {
    case "slow":
      await sleep(rule.delayMs, signal);
      return null;
    case "hang":
      return hang(signal);
    case "network-failure":
      throw new NetworkFailure("simulated: network failure");
    case "body":
      return new Response(rule.text, { headers: { "content-type": rule.contentType ?? "application/json" } });
    case "cut":
      return new Response(brokenBody(), { headers: { "content-type": "application/json" } });
    case "status": {
      const { status, message, retryAfter } = rule;
      const usual = status === 429 ? BUSY : { status, message: `The server had an error (${status}).` };
      const headers = retryAfter === undefined ? (usual.headers ?? {}) : { "retry-after": retryAfter };
      return refusalResponse({ ...usual, status, headers, ...(message === undefined ? {} : { message }) });
    }
  }
}

function brokenBody(): ReadableStream<Uint8Array> {
  let isBegun = false;
  return new ReadableStream({
    type: "bytes",
    pull(controller) {
      if (isBegun) return controller.error(new Error("cut off by the simulator"));
      isBegun = true;
      controller.enqueue(new TextEncoder().encode('{"text":"Hello. This'));
    },
  });
}
