/**
 * Many clients that have taken a few bytes of one voice never seen before and then stand still: the store is complete all
 * the same, the Worker holds the voice once and not once for each of them, and in the end each gets all of it.
 */
import { createHash } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { get, type IncomingMessage } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { workerdBytes } from "../../tools/local/workerd-memory.ts";
import { until } from "../support/until.ts";
import { AUTHORIZATION, type Local, startLocal } from "./local.ts";

const SPEEX = readFileSync("test/fixtures/voices/minute-60s.speex");
const WAV_BYTES = 44 + 60 * 32_000;
/** They stand still, so many of them cost little; fewer would be lost in the noise of the garbage collector. */
const CLIENTS = 100;
/** As the WAV header alone may have come. */
const FIRST_BYTES = 16;
const WARM_UP_ROUNDS = 3;
const [KEY = "", VALUE = ""] = AUTHORIZATION.split(/: (.*)/);

interface SlowClient {
  readonly length: number;
  /** Takes the rest. */
  finish(): Promise<string>;
}

/** Opens the voice, takes its first bytes and no more. */
async function readSlowly(url: string): Promise<SlowClient> {
  const request = get(url, { headers: { [KEY]: VALUE }, agent: false });
  const [response] = (await once(request, "response")) as [IncomingMessage];
  await once(response, "readable");
  const hash = createHash("sha256").update(response.read(FIRST_BYTES) as Buffer);
  return {
    length: Number(response.headers["content-length"]),
    async finish() {
      for await (const chunk of response) hash.update(chunk as Buffer);
      return hash.digest("hex");
    },
  };
}

describe.skipIf(process.platform !== "linux")(`${CLIENTS} slow clients`, () => {
  let local: Local;
  beforeAll(async () => {
    local = await startLocal();
  });
  afterAll(() => local?.stop());

  const read = (url: string) => fetch(url, { headers: { [KEY]: VALUE } });
  const open = (url: string) => Promise.all(Array.from({ length: CLIENTS }, () => readSlowly(url)));

  it.each([
    ["wav", WAV_BYTES],
    ["speex", SPEEX.length],
  ])(
    "on one cold .%s neither stop the store nor grow memory",
    async (form, lengthBytes) => {
      // As many quick clients first, until the garbage collector's leisure no longer shows: what counts is what is held.
      for (let round = 0; round < WARM_UP_ROUNDS; round++) {
        local.record(`quick-${form}-${round}`, SPEEX);
        for (const client of await open(local.url(`quick-${form}-${round}.${form}`))) await client.finish();
      }
      local.record(`slow-${form}`, SPEEX);
      const url = local.url(`slow-${form}.${form}`);
      const before = workerdBytes();
      const clients = await open(url);
      expect(new Set(clients.map(({ length }) => length))).toEqual(new Set([lengthBytes]));

      const stored = await until(async () => {
        const response = await read(url);
        const body = Buffer.from(await response.arrayBuffer());
        expect(response.headers.get("cache-status")).toBe("hdvoice; hit");
        return body;
      });
      expect(stored).toHaveLength(lengthBytes);
      expect(local.mediaCalls(`slow-${form}`)).toBe(1);

      // Half of what a WAV for each would take. Copies of the Speex, a tenth of that, are within the noise.
      await until(() => expect(workerdBytes() - before).toBeLessThan((CLIENTS * WAV_BYTES) / 2));

      const whole = createHash("sha256").update(stored).digest("hex");
      for (const client of clients) expect(await client.finish()).toBe(whole);
    },
    240_000,
  );
});
