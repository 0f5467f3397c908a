/// <reference path="../../src/audio/speex/wasm-module.d.ts" />
/**
 * What the benches compare with: a Worker that does the same job in the plainest way, with the same decoder. The path is the
 * key in R2, `{anything}/{mediaId}/{source|wav}`. What is stored is streamed; else the voice is fetched, decoded whole,
 * put, and answered. It knows no callers, no failures, and nobody who waits for the same voice.
 */
import type { ExecutionContext, MessageBatch, R2Bucket, R2ObjectBody } from "@cloudflare/workers-types";
import { bareFrameCount, bareSampleCount, FRAME_BYTES, RATE_HZ } from "../../src/audio/frames.ts";
import { createDecoder } from "../../src/audio/speex/decoder.ts";
import module from "../../src/audio/speex/speex.wasm";
import { WAV_HEADER_BYTES, wavHeader, wavLengthBytes } from "../../src/audio/wav.ts";

interface Env {
  readonly VOICES: R2Bucket;
  readonly WECHAT_ORIGIN: string;
  readonly WECHAT_TOKEN: string;
}

export default {
  async fetch(request: Request, env: Env, ctx: ExecutionContext): Promise<Response> {
    const key = new URL(request.url).pathname.slice(1);
    const headers = request.headers as never;
    const stored = await env.VOICES.get(key, { onlyIf: headers, range: headers });
    if (stored) return answerStored(stored, request.headers.has("range"));
    if (!key.includes("/")) return new Response(null, { status: 404 });
    const [folder, mediaId = "", form] = key.split("/");
    const isWav = form === "wav";
    const source = isWav ? await env.VOICES.get(`${folder}/${mediaId}/source`) : null;
    const speex = source ? await source.arrayBuffer() : await download(mediaId, env);
    const body = isWav ? decode(new Uint8Array(speex)) : new Uint8Array(speex);
    ctx.waitUntil(env.VOICES.put(key, body));
    return new Response(body, { headers: { "content-type": isWav ? "audio/wav" : "voice/speex" } });
  },

  async queue({ messages }: MessageBatch<{ mediaId: string }>, env: Env): Promise<void> {
    for (const message of messages) {
      const { mediaId } = message.body;
      const speex = new Uint8Array(await download(mediaId, env));
      await env.VOICES.put(`bare/${mediaId}/source`, speex);
      await env.VOICES.put(`bare/${mediaId}/wav`, decode(speex));
      message.ack();
    }
  },
};

function answerStored(object: R2ObjectBody | { httpEtag: string }, isPart: boolean): Response {
  const headers = new Headers({ etag: object.httpEtag });
  if (!("body" in object)) return new Response(null, { status: 304, headers });
  object.writeHttpMetadata(headers as never);
  const body = object.body as unknown as ReadableStream;
  if (!isPart) return new Response(body, { headers });
  const { offset = 0, length = 0 } = object.range as { offset?: number; length?: number };
  headers.set("content-range", `bytes ${offset}-${offset + length - 1}/${object.size}`);
  return new Response(body, { status: 206, headers });
}

async function download(mediaId: string, env: Env): Promise<ArrayBuffer> {
  const query = `access_token=${env.WECHAT_TOKEN}&media_id=${mediaId}`;
  const response = await fetch(`${env.WECHAT_ORIGIN}/cgi-bin/media/get/jssdk?${query}`);
  return response.arrayBuffer();
}

function decode(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const sampleCount = bareSampleCount(bytes.length);
  const wav = new Uint8Array(wavLengthBytes(sampleCount));
  wav.set(wavHeader(sampleCount, RATE_HZ));
  const lengths = new Uint8Array(bareFrameCount(bytes.length)).fill(FRAME_BYTES);
  let at = WAV_HEADER_BYTES;
  const decoder = createDecoder(module, { mode: "wideband", framesPerPacket: 1 });
  decoder.decode({ bytes, lengths }, (pcm) => {
    wav.set(pcm, at);
    at += pcm.length;
  });
  decoder.close();
  return wav;
}
