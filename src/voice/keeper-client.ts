/**
 * A voice's keeper, from outside: what its Durable Object answers, and a client whose failures are ServiceErrors. Sixteen objects
 * an account, by the media id: whoever wants a voice that isn't stored asks the same one, wherever he is, so that WeChat is asked
 * once. Bodies cross by `fetch`, which keeps their length and costs less than a call does; facts cross by calls.
 */

import type { Reply } from "../failure.ts";
import type { ByteRange, RangeWish } from "../http/range.ts";
import type { AccountRef } from "../wechat/account.ts";
import type { RecordedIn } from "../wechat/client.ts";
import { callObject } from "../wechat/object-call.ts";
import type { World } from "../world.ts";
import type { CacheStatus } from "./cache-status.ts";
import type { SourceFacts } from "./facts.ts";
import type { SoundFormat } from "./form.ts";
import { keeperOf } from "./keeper-number.ts";
import type { StoredForm } from "./stored-form.ts";
import type { Spoken } from "./stored-transcript.ts";

/** Which voice: the object may have been woken by this very question. */
export interface VoiceRef {
  readonly account: AccountRef;
  readonly mediaId: string;
  readonly recordedIn: RecordedIn;
}

export interface OpenQuestion extends VoiceRef {
  readonly format: SoundFormat;
  readonly wants: "body" | "facts";
  /** Null: the whole. */
  readonly range: RangeWish | null;
}

/** One form of a voice. */
export interface Opening {
  /** Of the whole form. */
  readonly lengthBytes: number;
  readonly mediaType: string;
  readonly suffix: string;
  readonly fetchedAtMs: number;
  readonly cacheStatus: CacheStatus;
  /** What the body is of it. Null where there is no body: none was wanted, or the range can't be had. */
  readonly range: ByteRange | null;
  /** What it waited for, in milliseconds. */
  readonly spentMs: Readonly<Record<string, number>>;
}

/** What is kept of a voice, once it is. */
export interface Kept {
  readonly facts: SourceFacts;
  readonly stored: readonly StoredForm[];
}

/** A transcript, and how it was come by. */
export interface Transcribed extends Spoken {
  readonly cacheStatus: CacheStatus;
}

export interface VoiceKeeper {
  open(question: OpenQuestion): Promise<{ opening: Opening; body: ReadableStream<Uint8Array> | null }>;
  /** Fetches the voice if it must, and has it stored, as far as voices are; the WAV only if wanted. Fails where it can't be had. */
  keep(name: VoiceRef, wants: { readonly wav: boolean }): Promise<Kept>;
  /** What was said. Fails where the voice can't be had, or nobody can tell. */
  transcribe(name: VoiceRef, language: string | null): Promise<Transcribed>;
  /** Removes every stored form. What had begun before goes to those who wait for it, and not into the store. */
  remove(account: AccountRef, mediaId: string): Promise<void>;
}

/** The object itself. `fetch` is `open`: the question stands in a header, and so does the answer. */
export interface VoiceKeeperObject extends Rpc.DurableObjectBranded {
  fetch(request: Request): Promise<Response>;
  keep(name: VoiceRef, wants: { readonly wav: boolean }): Promise<Reply<Kept>>;
  transcribe(name: VoiceRef, language: string | null): Promise<Reply<Transcribed>>;
  remove(account: AccountRef, mediaId: string): Promise<Reply<void>>;
}

export const QUESTION_HEADER = "hdvoice-question";
export const ANSWER_HEADER = "hdvoice-answer";

/** Near WeChat, whoever asks first: the long way is then gone once, by the answer. */
const LOCATION = { locationHint: "apac" } as const;

export function createVoiceKeeperClient(
  namespace: DurableObjectNamespace<VoiceKeeperObject>,
  world: Pick<World, "sleep">,
): VoiceKeeper {
  const objectOf = ({ appId }: AccountRef, mediaId: string) =>
    namespace.getByName(`${appId}/${keeperOf(mediaId)}`, LOCATION);

  return {
    async open(question) {
      let body: ReadableStream<Uint8Array> | null = null;
      const opening = await callObject(async () => {
        const headers = { [QUESTION_HEADER]: JSON.stringify(question) };
        const keeper = objectOf(question.account, question.mediaId);
        const response = await keeper.fetch("https://voice-keeper.invalid/", { headers });
        body = response.body;
        return readAnswer(response);
      }, world);
      return { opening, body };
    },
    async keep(name, wants) {
      return callObject(() => objectOf(name.account, name.mediaId).keep(name, wants), world);
    },
    async transcribe(name, language) {
      return callObject(() => objectOf(name.account, name.mediaId).transcribe(name, language), world);
    },
    async remove(account, mediaId) {
      return callObject(() => objectOf(account, mediaId).remove(account, mediaId), world);
    },
  };
}

/** JSON in a header: only ASCII gets through. */
export function writeAnswer(reply: Reply<Opening>): string {
  return JSON.stringify(reply).replace(
    /[^ -~]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function readAnswer(response: Response): Reply<Opening> {
  const answer = response.headers.get(ANSWER_HEADER);
  if (answer === null) throw new Error(`the keeper answered ${response.status}, and nothing else`);
  return JSON.parse(answer) as Reply<Opening>;
}
