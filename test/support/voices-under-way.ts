/** What a keeper does, with a WeChat whose every answer a test has written down, and a bucket that it may hinder. */
import { env } from "cloudflare:workers";
import { ServiceError } from "../../src/errors.ts";
import { InOrder } from "../../src/voice/in-order.ts";
import type { OpenQuestion } from "../../src/voice/keeper-client.ts";
import { createVoiceLimit } from "../../src/voice/limit.ts";
import { MissingVoices } from "../../src/voice/missing.ts";
import { Room } from "../../src/voice/room.ts";
import { VoiceStore } from "../../src/voice/store.ts";
import type { StoredForm } from "../../src/voice/stored-form.ts";
import { type UnderWayOptions, VoicesUnderWay } from "../../src/voice/under-way.ts";
import { isWechatError, openMedia } from "../../src/wechat/media.ts";
import { bodyOf, slices } from "./byte-streams.ts";
import { deadlineOf } from "./transport.ts";

export const ACCOUNT = { appId: "wx1", componentAppId: null };
export const NAME = { account: ACCOUNT, mediaId: "voice-1", recordedIn: "page" } as const;
export const KEY = "voice/v1/wx1/voice-1/source";
export const WAV_KEY = "voice/v1/wx1/voice-1/wav";

/** What WeChat says to one question. */
export type Answer = Uint8Array | ServiceError | Promise<Uint8Array | ServiceError>;

export const GONE = new ServiceError("voice-not-found", "It is gone.", {
  wechat: { errcode: 40007, errmsg: "invalid media_id", rid: null },
});

export interface PlayedOptions extends Partial<Omit<UnderWayOptions, "keep">> {
  readonly keep?: readonly StoredForm[];
  readonly bucket?: R2Bucket;
  /** Bytes that come at once. Default: all. */
  readonly chunkBytes?: number;
  readonly pauseMs?: number;
}

/** Answers are given in order, whatever voice is asked for. One question too many is a bug. */
export function playKeeper(answers: readonly Answer[], options: PlayedOptions = {}) {
  const { bucket = env.VOICES, keep = ["source", "wav"], chunkBytes, pauseMs, ...more } = options;
  const asked: string[] = [];
  const goingOn = new Set<Promise<unknown>>();
  const room = new Room(new Map(), "test");
  const voices = new VoicesUnderWay({
    storeOf: ({ appId }) => new VoiceStore(bucket, appId),
    wechatOf: ({ account }) => ({
      async getVoice(mediaId, recordedIn, deadline) {
        const answer = answers[asked.length];
        asked.push(`${account.appId} ${recordedIn} ${mediaId}`);
        if (answer === undefined) throw new Error(`unexpected question: ${asked.at(-1)}`);
        const given = await answer;
        if (given instanceof ServiceError) throw given;
        const body = bodyOf(slices(given, chunkBytes ?? given.length), "close", pauseMs).stream;
        const headers = { "content-type": "voice/speex", "content-length": String(given.length) };
        const media = await openMedia(new Response(body, { headers }), deadline, 60_000);
        if (isWechatError(media)) throw new Error("not media");
        return media;
      },
    }),
    room,
    missing: new MissingVoices({
      nowMs: () => Date.now(),
      openCache: () => Promise.reject(new Error("none here")),
    }),
    writes: new InOrder(),
    limit: createVoiceLimit(3_600),
    startDeadline: () => deadlineOf(60_000),
    bodyDeadlineMs: 60_000,
    nowMs: () => Date.now(),
    pause: async () => {},
    waitUntil(promise) {
      const end = promise.finally(() => goingOn.delete(end));
      goingOn.add(end);
    },
    ...more,
    keep: new Set(keep),
  });
  const open = (format: OpenQuestion["format"], change: Partial<OpenQuestion> = {}) =>
    voices.open({ ...NAME, format, wants: "body", range: null, ...change });
  return {
    voices,
    open,
    room: more.room ?? room,
    /** Questions to WeChat. */
    asked,
    async read(format: OpenQuestion["format"], change: Partial<OpenQuestion> = {}) {
      const { opening, body } = await open(format, change);
      return { ...opening, bytes: await new Response(body).bytes() };
    },
    /** Resolves when nothing goes on any more. */
    async settled(): Promise<void> {
      while (goingOn.size > 0) await Promise.allSettled(goingOn);
    },
  };
}

/** The bucket with some of its ways replaced. */
export function bucketWith(replaced: Partial<R2Bucket>): R2Bucket {
  return new Proxy(env.VOICES, {
    get(bucket, name) {
      const own = Reflect.get(replaced, name);
      if (own) return own;
      const value = Reflect.get(bucket, name);
      return typeof value === "function" ? value.bind(bucket) : value;
    },
  });
}

/** The bucket, in which writing waits until the test lets it go on. */
export function bucketWithGate() {
  const begun = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  const put: R2Bucket["put"] = async (...args: Parameters<R2Bucket["put"]>) => {
    begun.resolve();
    await gate.promise;
    return env.VOICES.put(...args);
  };
  return { bucket: bucketWith({ put }), begun: begun.promise, letGo: () => gate.resolve() };
}
