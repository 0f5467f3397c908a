/**
 * A hundred clients that read 1 kB a second from one voice never seen before: the store is complete all the same, and the
 * Worker holds the voice once, not a hundred times.
 */
import { readFileSync } from "node:fs";
import { type ClientRequest, get, type IncomingMessage } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { workerdBytes } from "../../tools/local/workerd-memory.ts";
import { AUTHORIZATION, type Local, startLocal } from "./local.ts";

const SPEEX = readFileSync("test/fixtures/voices/minute-60s.speex");
const WAV_BYTES = 44 + 60 * 32_000;
const CLIENTS = 100;
const WARM_UP_ROUNDS = 5;
const [KEY = "", VALUE = ""] = AUTHORIZATION.split(/: (.*)/);

/** What a hundred copies of the WAV would take is 192 MB; of the Speex, 18 MB. */
const MAX_GROWTH_BYTES = 64 * 1024 * 1024;

/** Opens the voice and takes a hundred bytes every tenth of a second. */
function readSlowly(
  url: string,
): Promise<{ request: ClientRequest; response: IncomingMessage; count: () => number }> {
  return new Promise((resolve, reject) => {
    const request = get(url, { headers: { [KEY]: VALUE }, agent: false }, (response) => {
      let count = 0;
      response.on("error", () => {});
      response.on("readable", () => {});
      const timer = setInterval(() => {
        count += (response.read(100) as Buffer | null)?.length ?? 0;
      }, 100);
      response.on("close", () => clearInterval(timer));
      resolve({ request, response, count: () => count });
    }).on("error", reject);
  });
}

describe.skipIf(process.platform !== "linux")("a hundred slow clients", () => {
  let local: Local;
  beforeAll(async () => {
    local = await startLocal();
  });
  afterAll(() => local?.stop());

  it.each(["wav", "speex"])("on one cold .%s neither stop the store nor grow memory", async (form) => {
    // As many quick clients first, until the garbage collector's leisure no longer shows: what is measured is what is held.
    for (let round = 0; round < WARM_UP_ROUNDS; round++) {
      local.record(`quick-${form}-${round}`, SPEEX);
      const url = local.url(`quick-${form}-${round}.${form}`);
      const readAll = async () => (await fetch(url, { headers: { [KEY]: VALUE } })).arrayBuffer();
      await Promise.all(Array.from({ length: CLIENTS }, readAll));
    }
    local.record(`slow-${form}`, SPEEX);
    const url = local.url(`slow-${form}.${form}`);
    const before = workerdBytes();

    const startedAtMs = performance.now();
    const clients = await Promise.all(Array.from({ length: CLIENTS }, () => readSlowly(url)));
    const openedMs = performance.now() - startedAtMs;
    await sleep(1_000);

    const quick = await fetch(url, { headers: { [KEY]: VALUE } });
    expect(quick.headers.get("cache-status")).toBe("hdvoice; hit");
    const length = (await quick.arrayBuffer()).byteLength;
    expect(length).toBe(form === "wav" ? WAV_BYTES : SPEEX.length);
    expect(local.mediaCalls(`slow-${form}`)).toBe(1);

    const growth = workerdBytes() - before;
    const read = clients.reduce((sum, { count }) => sum + count(), 0) / CLIENTS;
    console.log(
      `${CLIENTS} slow clients, .${form}: open after ${openedMs.toFixed(0)} ms, workerd ${(before / 1e6).toFixed(0)} MB, ` +
        `${(growth / 1e6).toFixed(1)} MB more while each had read ${read.toFixed(0)} bytes`,
    );
    expect(growth).toBeLessThan(MAX_GROWTH_BYTES);
    for (const { request } of clients) request.destroy();
  });
});
