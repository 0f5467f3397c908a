/**
 * The VoiceKeeper: sixteen Durable Objects per account, each for a share of its voices. Its object stores nothing; it is the one
 * place in the world where a voice of its share is on its way. Every answer is data (failure.ts).
 */
import { DurableObject } from "cloudflare:workers";
import type { Env } from "../env.ts";
import { type Reply, replyWith } from "../failure.ts";
import type { Isolate } from "../services/isolate.ts";
import { createVoicesUnderWay, type KeptUnderWay } from "../services/voices.ts";
import {
  ANSWER_HEADER,
  type Kept,
  type OpenQuestion,
  QUESTION_HEADER,
  type Transcribed,
  type VoiceKeeperObject,
  type VoiceRef,
  writeAnswer,
} from "../voice/keeper-client.ts";
import type { AccountRef } from "../wechat/account.ts";

export class VoiceKeeper extends DurableObject<Env> implements VoiceKeeperObject {
  readonly #isolate: Isolate;
  #voices: KeptUnderWay | null = null;

  constructor(ctx: DurableObjectState, env: Env, isolate: Isolate) {
    super(ctx, env);
    this.#isolate = isolate;
  }

  override async fetch(request: Request): Promise<Response> {
    const question = JSON.parse(request.headers.get(QUESTION_HEADER) ?? "") as OpenQuestion;
    let body: ReadableStream<Uint8Array> | null = null;
    const reply = await replyWith(async () => {
      const opened = await this.#open().voices.open(question);
      body = opened.body;
      return opened.opening;
    });
    return new Response(body, { headers: { [ANSWER_HEADER]: writeAnswer(reply) } });
  }

  keep(name: VoiceRef, wants: { readonly wav: boolean }): Promise<Reply<Kept>> {
    return replyWith(() => this.#open().voices.keep(name, wants));
  }

  transcribe(name: VoiceRef, language: string | null): Promise<Reply<Transcribed>> {
    return replyWith(() => this.#open().transcripts.transcribe(name, language));
  }

  remove(account: AccountRef, mediaId: string): Promise<Reply<void>> {
    return replyWith(() => {
      const { voices, transcripts } = this.#open();
      transcripts.drop(account, mediaId);
      return voices.remove(account, mediaId);
    });
  }

  #open(): KeptUnderWay {
    this.#voices ??= createVoicesUnderWay(this.env, this.#isolate, {
      name: this.ctx.id.toString(),
      waitUntil: (promise) => this.ctx.waitUntil(promise),
    });
    return this.#voices;
  }
}
