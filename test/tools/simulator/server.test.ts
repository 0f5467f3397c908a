import { once } from "node:events";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type SimulatorServer, startSimulatorServer } from "../../../tools/simulator/server.ts";
import type { MisbehaviourRule } from "../../../tools/simulator/simulator.ts";
import { run, withTools } from "../../e2e/local.ts";
import {
  APP_ID,
  askOf,
  createClock,
  createTestSimulator,
  errcodeIn,
  getMedia,
  stableToken,
  tokenIn,
} from "./support.ts";

const LETTERS = new TextEncoder().encode("abcdefghijklmnopqrstuvwxyz".repeat(10));

let simulator: ReturnType<typeof createTestSimulator>;
let server: SimulatorServer;

beforeEach(async () => {
  simulator = createTestSimulator(createClock(), { ipAllowList: ["127.0.0.1"] });
  simulator.addRecording(APP_ID, "m1", LETTERS);
  server = await startSimulatorServer({ port: 0, simulator });
});
afterEach(() => server.close());

/** Everything the server sends on a connection of its own, byte by byte, until it closes it. */
async function onTheWire(
  rule: MisbehaviourRule | null = null,
  mediaId = "m1",
): Promise<{ head: string; body: string }> {
  const token = await tokenIn(stableToken(askOf(simulator)));
  if (rule) simulator.misbehave(rule);
  const socket = connect(Number(new URL(server.origin).port), "127.0.0.1");
  await once(socket, "connect");
  socket.write(
    `GET /cgi-bin/media/get/jssdk?access_token=${token}&media_id=${mediaId} HTTP/1.1\r\nHost: x\r\n\r\n`,
  );
  const [head = "", ...body] = (await text(socket)).split("\r\n\r\n");
  return { head, body: body.join("\r\n\r\n") };
}

const ALL = new TextDecoder().decode(LETTERS);

describe("on the wire", () => {
  it("spells the headers as WeChat does and closes the connection", async () => {
    const { head, body } = await onTheWire();
    expect(head.split("\r\n").sort()).toEqual([
      "Cache-Control: no-cache, must-revalidate",
      "Connection: close",
      "Content-Length: 260",
      "Content-Type: voice/speex",
      'Content-disposition: attachment; filename="m1.speex"',
      "Date: Sun, 01 Mar 2026 04:00:00 GMT",
      "HTTP/1.1 200 OK",
    ]);
    expect(body).toBe(ALL);
  });

  it.each([7, -7])("really sends a length that is off by %i", async (offByBytes) => {
    const { head, body } = await onTheWire({ kind: "wrong-content-length", offByBytes });
    expect(head).toContain(`Content-Length: ${260 + offByBytes}`);
    expect(body).toBe(ALL);
  });

  it("closes a connection it would have kept, once a length on it was wrong", async () => {
    const { head, body } = await onTheWire({ kind: "wrong-content-length", offByBytes: 7 }, "unknown");
    expect(head).toContain("Connection: keep-alive");
    expect(body).toContain('"errcode":40007');
  });

  it.each(["error", "close"] as const)(
    "sends all that comes before a cut by %s, then ends",
    async (ending) => {
      const { head, body } = await onTheWire({ kind: "cut", afterBytes: 100, ending });
      expect(head).toContain("Content-Length: 260");
      expect(body).toBe(ALL.slice(0, 100));
    },
  );

  it("sends chunks where the length is left out", async () => {
    const { head, body } = await onTheWire({ kind: "no-content-length" });
    expect(head).toContain("Transfer-Encoding: chunked");
    expect(head).not.toContain("Content-Length");
    expect(body).toBe(`104\r\n${ALL}\r\n0\r\n\r\n`);
  });

  it("ends the connection after a cut chunked body without a last chunk", async () => {
    simulator.misbehave({ kind: "no-content-length" });
    const { body } = await onTheWire({ kind: "cut", afterBytes: 10 });
    expect(body).toBe("a\r\nabcdefghij\r\n");
  });

  it("sends no chunks where only the connection's end is to end the body", async () => {
    const { head, body } = await onTheWire({ kind: "no-content-length", endsBy: "close" });
    expect(head).toContain("Connection: close");
    expect(head).not.toMatch(/Transfer-Encoding|Content-Length/);
    expect(body).toBe(ALL);
  });

  it("ends such a body early without a sign of it", async () => {
    simulator.misbehave({ kind: "no-content-length", endsBy: "close" });
    const { body } = await onTheWire({ kind: "cut", afterBytes: 10, ending: "close" });
    expect(body).toBe(ALL.slice(0, 10));
  });

  it("sends what gzip made of a body, and its length", async () => {
    const { head, body } = await onTheWire({ kind: "gzip" });
    expect(head).toContain("Content-Encoding: gzip");
    expect(head).toMatch(/Content-Length: [1-9]\d\r\n/);
    expect(body).not.toContain("abc");
  });

  it("spells a head that drips as ever, and closes the connection behind the body", async () => {
    const { head, body } = await onTheWire({ kind: "drip-head", chunkBytes: 7, intervalMs: 0 }, "unknown");
    expect(head).toMatch(/^HTTP\/1\.1 200 OK\r\nConnection: close\r\nContent-Length: \d+\r\nContent-Type: /);
    expect(JSON.parse(body)).toMatchObject({ errcode: 40007 });
  });

  it("sends nothing at all on a network failure", async () => {
    expect(await onTheWire({ kind: "network-failure" })).toEqual({ head: "", body: "" });
  });
});

const ask = (path: string, init?: RequestInit) => fetch(`${server.origin}${path}`, init);

const resets = withTools("a body that only the connection's end would end", "curl");
it.skipIf(resets.skip)(`${resets.name}, broken off, is a reset: it can't be taken for whole`, async () => {
  const token = await tokenIn(stableToken(askOf(simulator)));
  simulator.misbehave({ kind: "no-content-length", endsBy: "close" });
  simulator.misbehave({ kind: "cut", afterBytes: 10 });
  const url = `${server.origin}/cgi-bin/media/get/jssdk?access_token=${token}&media_id=m1`;
  // Node's own clients take what has come and say nothing of the reset behind it.
  const { status, stderr } = await run("curl", ["-sS", "-o", "/dev/null", url]);
  expect(status).toBe(56);
  expect(stderr).toContain("Connection reset by peer");
});

it("keeps a connection open after an answer that isn't a recording", async () => {
  const response = await stableToken(ask);
  expect(response.headers.get("connection")).toBe("keep-alive");
  await response.text();
});

it("tells the simulator the caller's address, whatever the caller claims", async () => {
  const claim = { headers: { "x-simulator-client-ip": "203.0.113.9" } };
  const token = await tokenIn(stableToken(ask));
  expect(await errcodeIn(getMedia(ask, token, "m1", claim))).toBe(0);
});

it("makes no more of a body than a slow reader takes, and stops when it leaves", async () => {
  let chunkCount = 0;
  let cancelled = false;
  const endless = new ReadableStream({
    pull(controller) {
      chunkCount++;
      controller.enqueue(new Uint8Array(65_536));
    },
    cancel() {
      cancelled = true;
    },
  });
  const own = await startSimulatorServer({
    port: 0,
    simulator: {
      ...simulator,
      handleOnWire: async () => ({ response: new Response(endless), headPace: null, endsBy: "chunks" }),
    },
  });
  const socket = connect(Number(new URL(own.origin).port), "127.0.0.1");
  socket.pause();
  socket.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");

  // The kernel takes some megabytes, then everything has to stand still.
  await expect.poll(() => chunkCount).toBeGreaterThan(1);
  let before = -1;
  await expect
    .poll(
      () => {
        const grown = chunkCount - before;
        before = chunkCount;
        return grown;
      },
      { interval: 100 },
    )
    .toBe(0);
  expect(chunkCount).toBeLessThan(1000);

  socket.destroy();
  await expect.poll(() => cancelled).toBe(true);
  await own.close();
});

it("says which port is taken", async () => {
  const port = Number(new URL(server.origin).port);
  await expect(startSimulatorServer({ port, simulator })).rejects.toThrow(
    `port ${port} of 127.0.0.1 is taken; set SIMULATOR_PORT to another one`,
  );
});

it("closes although a caller still hangs", async () => {
  simulator.misbehave({ kind: "hang", path: "/cgi-bin/token" });
  const own = await startSimulatorServer({ port: 0, simulator });
  const hanging = expect(fetch(`${own.origin}/cgi-bin/token`)).rejects.toThrow();
  await expect.poll(() => simulator.calls({ path: "/cgi-bin/token" })).toHaveLength(1);
  await own.close();
  await hanging;
});
