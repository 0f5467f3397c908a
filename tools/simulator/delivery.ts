/** From answer to Response: whole, dripping, for ever, or cut off in the middle. */
import type { Answer, Pace } from "./answer.ts";
import { hang, sleep } from "./sleep.ts";

/** An answer for a server to send: the body as it travels, and what a Response can't say about the connection. */
export interface WireAnswer {
  readonly response: Response;
  readonly headPace: Pace | null;
  readonly endsBy: Answer["endsBy"];
}

/**
 * Makes the Response as fetch would give it: a compressed body is unpacked, while the headers still describe the
 * compressed one. An abort of the request breaks a body still under way.
 */
export async function deliver(answer: Answer, nowMs: number, request: Request): Promise<Response> {
  const wire = deliverOnWire(answer, nowMs, request);
  if (wire.headPace) await waitForHead(wire.response, wire.headPace, request.signal);
  if (answer.encoding === null || !wire.response.body) return wire.response;
  const { status, headers } = wire.response;
  return new Response(unpack(wire.response.body), { status, headers });
}

/** Makes the Response in the request that asks for it. An abort of it breaks a body still under way. */
export function deliverOnWire(answer: Answer, nowMs: number, request: Request): WireAnswer {
  const headers = new Headers(answer.headers);
  headers.set("date", new Date(nowMs).toUTCString());
  if (answer.contentLength !== null) headers.set("content-length", String(answer.contentLength));

  const plain = answer.pace === null && answer.cut === null && answer.encoding === null;
  const body = plain ? answer.body : createBodyStream(answer, request);
  const response = new Response(body, { status: answer.status, headers });
  return { response, headPace: answer.headPace, endsBy: answer.endsBy };
}

/** Status line and headers as text, with the names as `nameOf` spells them. */
export function headText(
  { status, headers }: Response,
  nameOf: (name: string) => string = (name) => name,
): string {
  const lines = [...headers].map(([name, value]) => `${nameOf(name)}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${status === 200 ? "OK" : "Simulated"}\r\n${lines.join("")}\r\n`;
}

/** fetch gives nothing before the whole head has come. */
function waitForHead(
  response: Response,
  { chunkBytes, intervalMs, endless }: Pace,
  signal: AbortSignal,
): Promise<void> {
  if (endless) return hang(signal);
  return sleep(Math.floor(headText(response).length / chunkBytes) * intervalMs, signal);
}

function unpack(body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  return body.pipeThrough(new DecompressionStream("gzip") as ReadableWritablePair<Uint8Array, Uint8Array>);
}

/** Holds the whole request: in Node the signal of one that was collected is never aborted. */
function createBodyStream(answer: Answer, request: Request): ReadableStream<Uint8Array> {
  const { pace, cut } = answer;
  // An endless answer without a body is one of blanks.
  const body = pace?.endless && answer.body.length === 0 ? Uint8Array.of(0x20) : answer.body;
  const wholeBytes = pace?.endless ? Number.POSITIVE_INFINITY : body.length;
  const end = Math.min(wholeBytes, cut?.afterBytes ?? wholeBytes);
  const chunkBytes = pace?.chunkBytes ?? Math.max(1, end);
  let offset = 0;

  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        if (pace && offset > 0) await sleep(pace.intervalMs, request.signal);
        if (offset < end) {
          const start = offset % body.length;
          const chunk = body.slice(start, start + Math.min(chunkBytes, end - offset));
          controller.enqueue(chunk);
          offset += chunk.length;
          return;
        }
        if (cut?.ending === "error") {
          controller.error(new TypeError(`simulated: connection lost after ${end} bytes`));
        } else {
          controller.close();
        }
      },
    },
    // Nothing is made before it is asked for, so that a slow reader gets a slow body.
    { highWaterMark: 0 },
  );
}
