/** Sends an answer over a socket as it is: wrong lengths, broken-off bodies and heads that drip included. */
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Pace } from "./answer.ts";
import { headText, type WireAnswer } from "./delivery.ts";
import { sleep } from "./sleep.ts";

/** Header names as WeChat spells them; Headers knows only small letters. */
const WIRE_NAMES: Readonly<Record<string, string>> = {
  "cache-control": "Cache-Control",
  connection: "Connection",
  "content-disposition": "Content-disposition",
  "content-encoding": "Content-Encoding",
  "content-length": "Content-Length",
  "content-type": "Content-Type",
  date: "Date",
  "error-code": "Error-Code",
  "error-msg": "Error-Msg",
  server: "Server",
};
const PADDING_LINE = "X-Simulated-Padding: never ends\r\n";

const wireName = (name: string) => WIRE_NAMES[name] ?? name;

export async function send(
  { response, headPace, endsBy }: WireAnswer,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  signal: AbortSignal,
): Promise<void> {
  if (headPace) return sendByHand(response, headPace, incoming.socket, signal);
  const promised = response.headers.get("content-length");
  if (promised === null && endsBy === "close") {
    // Without this Node would cut the body into chunks.
    outgoing.removeHeader("transfer-encoding");
    outgoing.shouldKeepAlive = false;
  }
  const headers = [...response.headers].map(([name, value]) => [wireName(name), value]);
  outgoing.writeHead(response.status, Object.fromEntries(headers));
  // Headers don't wait for the first byte of a slow body.
  outgoing.flushHeaders();

  let sentBytes = 0;
  try {
    for await (const chunk of response.body ?? []) {
      sentBytes += chunk.length;
      if (!outgoing.write(chunk)) await once(outgoing, "drain", { signal });
    }
  } catch {
    // Cut off, or the caller has left. What was written still goes out, then the connection ends.
    breakOff(incoming.socket, promised === null && endsBy === "close");
    return;
  }
  outgoing.end();
  // After a wrong length nobody knows where the next answer would begin.
  if (promised !== null && Number(promised) !== sentBytes) incoming.socket.destroySoon();
}

/** A body that only the connection's end would end is broken off by a reset: else it would seem whole. */
function breakOff(socket: Socket, endsByClose: boolean): void {
  if (endsByClose) socket.write("", () => socket.resetAndDestroy());
  else socket.destroySoon();
}

/** Node writes a head at once, so this one is written past it. The connection ends with the answer. */
async function sendByHand(
  response: Response,
  { chunkBytes, intervalMs, endless }: Pace,
  socket: Socket,
  signal: AbortSignal,
): Promise<void> {
  try {
    response.headers.set("connection", "close");
    const head = headText(response, wireName);
    // An endless head goes on where its last, empty line would be.
    const text = endless ? head.slice(0, -2) : head;
    for (let offset = 0; offset < text.length; offset += chunkBytes) {
      if (offset > 0) await sleep(intervalMs, signal);
      socket.write(text.slice(offset, offset + chunkBytes));
    }
    for (let offset = 0; endless; offset = (offset + chunkBytes) % PADDING_LINE.length) {
      await sleep(intervalMs, signal);
      socket.write(PADDING_LINE.slice(offset, offset + chunkBytes));
    }
    for await (const chunk of response.body ?? []) {
      if (!socket.write(chunk)) await once(socket, "drain", { signal });
    }
  } catch {
    // Cut off, or the caller has left.
  }
  socket.destroySoon();
}
