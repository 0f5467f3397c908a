/** From answer to Response: whole, dripping, or cut off in the middle. */
import type { Answer } from "./answer.ts";
import { sleep } from "./sleep.ts";

/** Makes the Response in the request that asks for it. An abort of `signal` breaks a body still under way. */
export function deliver(answer: Answer, nowMs: number, signal: AbortSignal): Response {
  const headers = new Headers(answer.headers);
  headers.set("date", new Date(nowMs).toUTCString());
  if (answer.contentLength !== null) headers.set("content-length", String(answer.contentLength));

  const plain = answer.pace === null && answer.cut === null;
  const body = plain ? answer.body : createBodyStream(answer, signal);
  return new Response(body, { status: answer.status, headers });
}

function createBodyStream(answer: Answer, signal: AbortSignal): ReadableStream<Uint8Array> {
  const { body, pace, cut } = answer;
  const end = Math.min(body.length, cut?.afterBytes ?? body.length);
  const chunkBytes = pace?.chunkBytes ?? Math.max(1, end);
  let offset = 0;

  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        if (pace && offset > 0) await sleep(pace.intervalMs, signal);
        if (offset < end) {
          const next = Math.min(end, offset + chunkBytes);
          controller.enqueue(body.slice(offset, next));
          offset = next;
          return;
        }
        if (cut?.ending === "error") {
          controller.error(new TypeError(`simulated: connection lost after ${end} bytes`));
        } else {
          controller.close();
        }
      },
    },
    // Nothing is made before it is asked for, so that a slow reader really meets a slow body.
    { highWaterMark: 0 },
  );
}
