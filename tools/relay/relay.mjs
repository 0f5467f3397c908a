// A relay to WeChat for a machine with a fixed address: forwards /cgi-bin/… and nothing else, for a shared secret.
// RELAY_SECRET=<32 characters or more> PORT=8080 UPSTREAM=https://api.weixin.qq.com node relay.mjs
import { createHash, timingSafeEqual } from "node:crypto";
import { createServer, request as plainRequest } from "node:http";
import { request as tlsRequest } from "node:https";

const {
  RELAY_SECRET = "",
  PORT = "8080",
  HOST = "127.0.0.1",
  UPSTREAM = "https://api.weixin.qq.com",
} = process.env;
const upstream = new URL(UPSTREAM);
const isWechat = upstream.protocol === "https:" && /(^|\.)weixin\.qq\.com$/.test(upstream.hostname);
if (!isWechat && upstream.hostname !== "127.0.0.1") refuse("UPSTREAM must be a host of WeChat's");
if (RELAY_SECRET.length < 32) refuse("RELAY_SECRET must have 32 characters or more");

/** There is nothing to serve. Whoever starts it needs the reason, not where it was thrown. */
function refuse(reason) {
  console.error(`relay: ${reason}`);
  process.exit(1);
}

const digest = (text) => createHash("sha256").update(text).digest();
const expected = digest(RELAY_SECRET);

/** Longer than any voice is in Speex. A larger body is broken off. */
const MAX_GATHERED_BYTES = 16_000_000;

/** A body of no promised length is passed on once it is whole, with its length: whoever asked can tell that it is. */
function gather(answer, outgoing) {
  const { "transfer-encoding": _, ...headers } = answer.headers;
  const chunks = [];
  let lengthBytes = 0;
  answer.on("data", (chunk) => {
    lengthBytes += chunk.length;
    if (lengthBytes > MAX_GATHERED_BYTES) return answer.destroy(new Error("too long"));
    chunks.push(chunk);
  });
  answer.on("end", () => {
    outgoing.writeHead(answer.statusCode ?? 502, { ...headers, "content-length": lengthBytes });
    outgoing.end(Buffer.concat(chunks));
  });
}

/** What has not begun can still be refused in words. */
function fail(outgoing) {
  if (outgoing.headersSent) outgoing.destroy();
  else outgoing.writeHead(502).end();
}

createServer((incoming, outgoing) => {
  const {
    "x-relay-secret": secret = "",
    host: _host,
    connection: _connection,
    ...headers
  } = incoming.headers;
  // Resolved first, so that no `..` leads out of /cgi-bin/.
  const { pathname, search } = new URL(incoming.url ?? "/", upstream.origin);
  const allowed = timingSafeEqual(digest(String(secret)), expected) && pathname.startsWith("/cgi-bin/");
  if (!allowed) return outgoing.writeHead(403).end();
  const send = upstream.protocol === "https:" ? tlsRequest : plainRequest;
  const url = new URL(pathname + search, upstream.origin);
  const call = send(url, { method: incoming.method, headers, timeout: 15_000 }, (answer) => {
    answer.on("error", () => fail(outgoing));
    if (answer.headers["content-length"] !== undefined) {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    } else gather(answer, outgoing);
  });
  call.on("timeout", () => call.destroy(new Error("timeout")));
  call.on("error", () => fail(outgoing));
  outgoing.on("close", () => call.destroy());
  incoming.pipe(call);
}).listen(Number(PORT), HOST, () => console.log(`relay to ${upstream.origin} on ${HOST}:${PORT}`));
