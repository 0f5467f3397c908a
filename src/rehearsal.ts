/**
 * Serves some made-up requests while the Worker starts. A fresh isolate compiles each function when it is first called, and
 * the start has a second of CPU of its own, which no request pays for. All of it happens in a world that is made up too:
 * nothing is fetched, stored, waited for or logged. At this time the runtime forbids what makes native streams, so no body of
 * ours is sent, and no problem either: those have bodies of text.
 */
import { createApp } from "./app.ts";
import { ConfigError, configOf } from "./config/config.ts";
import type { Env } from "./env.ts";
import { createIsolate } from "./services/isolate.ts";
import { createVoicesUnderWay } from "./services/voices.ts";
import type { Opening, VoiceKeeperObject } from "./voice/keeper-client.ts";
import { ANSWER_HEADER, writeAnswer } from "./voice/keeper-client.ts";
import { sourceMetadata, wavMetadata } from "./voice/stored-metadata.ts";
import type { World } from "./world.ts";

const APP_ID = "wx0000000000000000";
const KEY = "rehearsal";
/** Decoded twice: that many frames are what it takes until V8 has optimised the decoder's loops (audio/speex/README.md). */
const FRAME_COUNT = 400;
const FRAME_BYTES = 60;
/** So often V8 has found out which functions are called at every request. */
const ROUNDS = 10;
const FETCHED_AT_MS = Date.UTC(2026, 0, 1);

/** Nothing happens in it, but that WeChat has every voice. */
const STILL_WORLD: World = {
  fetch: async () => {
    const headers = { "content-type": "voice/speex", "content-length": String(SOURCE.length) };
    return new Response(streamOf(SOURCE.slice()), { headers });
  },
  nowMs: () => FETCHED_AT_MS,
  random: () => 0,
  sleep: async () => {},
  startTimer: () => () => {},
  write: () => {},
};

/** Reads the settings before the first request. Faults in them are reported by the requests. */
export function prepare(env: Env): void {
  try {
    configOf(env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
  }
}

/** What came of a request: the status, or why there is none. */
export interface Rehearsed {
  readonly what: string;
  readonly outcome: string;
}

/** Resolves when all of it has been served, and never rejects: a Worker starts without it too. */
export async function rehearse(): Promise<readonly Rehearsed[]> {
  const rehearsed: Rehearsed[] = [];
  const note = async (what: string, work: () => Promise<string>) => {
    const outcome = await work().catch((error: unknown) => String(error));
    if (!rehearsed.some((before) => before.what === what && before.outcome === outcome)) {
      rehearsed.push({ what, outcome });
    }
  };
  const isolate = createIsolate(STILL_WORLD);
  const app = createApp(isolate);
  const env = await makeUpEnv();
  const context = {
    waitUntil: settle,
    passThroughOnException() {},
    props: {},
  } as unknown as ExecutionContext;
  for (const [path, headers] of Array.from({ length: ROUNDS }, () => REQUESTS).flat()) {
    const authorization = `Bearer ${KEY}`;
    const request = new Request(`https://rehearsal.invalid${path}`, {
      headers: { authorization, "x-request-id": "rehearsal", ...headers },
    });
    await note(path, async () => String((await app.fetch(request, env, context)).status));
  }
  const { voices: underWay } = createVoicesUnderWay(env, isolate, { name: "rehearsal", waitUntil: settle });
  for (const mediaId of ["encoded", "new"]) {
    const voice = { account: { appId: APP_ID, componentAppId: null }, mediaId, recordedIn: "page" } as const;
    await note(`${mediaId}, opened by its keeper`, async () => {
      const { opening } = await underWay.open({ ...voice, format: "ogg", wants: "facts", range: null });
      return `${opening.lengthBytes} bytes`;
    });
    await note(`${mediaId}, kept as WAV`, async () => {
      return (await underWay.keep(voice, { wav: true })).stored.join(" and ");
    });
  }
  return rehearsed;
}

/** A stored voice in the ways that clients ask for it, and one that its keeper has. */
const REQUESTS: readonly (readonly [path: string, headers: Readonly<Record<string, string>>])[] = [
  ["/v1/voices/stored.wav", {}],
  ["/v1/voices/stored.wav", { range: "bytes=0-99" }],
  ["/v1/voices/stored.wav", { "if-none-match": "*" }],
  ["/v1/voices/stored", { accept: "audio/*" }],
  [`/v1/apps/${APP_ID}/voices/stored.speex`, {}],
  ["/v1/voices/new.wav", {}],
];

async function settle(work: Promise<unknown>): Promise<void> {
  await work.catch(() => {});
}

async function makeUpEnv(): Promise<Env> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(KEY));
  const sha256 = new Uint8Array(digest).toHex();
  const scopes = ["voices:read"];
  return {
    WECHAT_APP_ID: APP_ID,
    WECHAT_APP_SECRET: "rehearsal",
    API_KEYS: JSON.stringify([{ id: "rehearsal", sha256, scopes }]),
    LINK_KEYS: JSON.stringify([{ id: "rehearsal", secret: "a secret that opens nothing at all" }]),
    TOKENS: { get: async () => ({ value: "rehearsal", expiresAtMs: FETCHED_AT_MS + 7_200_000 }) },
    VOICES: await makeUpBucket(),
    VOICE_KEEPER: { getByName: () => KEEPER } as unknown as DurableObjectNamespace<VoiceKeeperObject>,
  } as unknown as Env;
}

const OPENING: Opening = {
  lengthBytes: 44,
  mediaType: "audio/wav",
  suffix: "wav",
  fetchedAtMs: FETCHED_AT_MS,
  cacheStatus: "fwd=uri-miss; stored",
  range: { first: 0, last: 43 },
  spentMs: {},
};

const KEEPER = {
  async fetch() {
    const headers = { [ANSWER_HEADER]: writeAnswer({ ok: true, value: OPENING }) };
    return new Response(streamOf(new Uint8Array(44)), { headers });
  },
};

/** Valid wideband Speex of WeChat's kind, without meaning. */
const SOURCE = makeUpSource();

function makeUpSource(): Uint8Array<ArrayBuffer> {
  const source = new Uint8Array(FRAME_COUNT * FRAME_BYTES).fill(0x55);
  for (let at = 0; at < source.length; at += FRAME_BYTES) {
    source[at] = 0x35;
    source[at + 45] = 0x5a;
    source[at + 59] = 0x57;
  }
  return source;
}

function streamOf(bytes: Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array> {
  return new ReadableStream({
    type: "bytes",
    start(controller) {
      controller.enqueue(bytes);
      controller.close();
    },
  });
}

/** Of the voice `stored` everything is there, of `encoded` its source, of `new` nothing. */
async function makeUpBucket(): Promise<R2Bucket> {
  const sha256 = await crypto.subtle.digest("SHA-256", SOURCE);
  const source = {
    size: SOURCE.length,
    checksums: { sha256 },
    httpMetadata: { contentType: "voice/speex" },
    customMetadata: sourceMetadata({
      lengthBytes: SOURCE.length,
      contentType: "voice/speex",
      framing: "bare",
      looksLike: null,
      mode: "wideband",
      frameCount: FRAME_COUNT,
      rateHz: 16_000,
      soundSeconds: null,
      trailingBytes: 0,
      oggLengthBytes: 700,
      sha256: new Uint8Array(sha256).toHex(),
      fetchedAtMs: FETCHED_AT_MS,
    }),
    arrayBuffer: async () => SOURCE.slice().buffer,
  };
  const wav = {
    size: 44,
    customMetadata: wavMetadata({ lengthBytes: 44, rateHz: 16_000, fetchedAtMs: FETCHED_AT_MS }),
  };
  const objectOf = (key: string) => {
    const isThere = key.includes("/stored/") || (key.includes("/encoded/") && key.endsWith("/source"));
    if (!isThere) return null;
    return { key, etag: "", body: streamOf(new Uint8Array(1)), ...(key.endsWith("/source") ? source : wav) };
  };
  return {
    get: async (key: string) => objectOf(key),
    head: async (key: string) => objectOf(key),
    put: async () => ({}),
  } as unknown as R2Bucket;
}
