/**
 * A consumer that dies: at every single thing it does to its records, the queue or a receiver, before it and after it. What it
 * had not acknowledged is delivered again, to one that lives. Dying is never coming back: no exception, no answer.
 */
import { env } from "cloudflare:workers";
import { beforeEach, expect, it } from "vitest";
import { consumeJobs } from "../../src/jobs/consumer.ts";
import type { JobContext } from "../../src/jobs/context.ts";
import { JobStore } from "../../src/jobs/job-store.ts";
import type { JobMessage } from "../../src/jobs/message.ts";
import { APP_ID } from "../support/accounts.ts";
import { voice } from "../support/fixtures.ts";
import { storedKeys, wechat } from "../support/gateway.ts";
import { createBatch, createContext, fetchMessage } from "../support/job-queue.ts";
import { CALLBACK_URL, type Delivery, listen, ok } from "../support/jobs.ts";

const MEDIA_IDS = ["voice-1", "voice-2", "gone-1"];
const NEVER = new Promise<never>(() => {});

let deliveries: Delivery[] = [];

beforeEach(() => {
  wechat.addRecording(APP_ID, "voice-1", voice("short-half-second"));
  wechat.addRecording(APP_ID, "voice-2", voice("short-half-second"));
  deliveries = listen(ok);
});

/** Counts what is done, and ends it all at the chosen deed. */
class Life {
  deeds = 0;
  readonly death = Promise.withResolvers<"dead">();
  readonly #lastDeed: number;
  readonly #end: "before" | "after";

  constructor(lastDeed = Number.POSITIVE_INFINITY, end: "before" | "after" = "before") {
    this.#lastDeed = lastDeed;
    this.#end = end;
  }

  get over(): boolean {
    return this.deeds > this.#lastDeed;
  }

  async do<T>(deed: () => Promise<T>): Promise<T> {
    this.deeds++;
    if (this.over || (this.deeds === this.#lastDeed && this.#end === "before")) return this.#die();
    const result = await deed();
    if (this.over || this.deeds >= this.#lastDeed) {
      // What the dead had asked for arrives at nobody.
      const { body } = Object(result) as { body?: ReadableStream | null };
      await body?.cancel();
      return this.#die();
    }
    return result;
  }

  #die(): Promise<never> {
    this.deeds = Number.POSITIVE_INFINITY;
    this.death.resolve("dead");
    return NEVER;
  }
}

/** A consumer whose deeds are those of a life, on a queue that is a list. */
function mortal(life: Life, queue: JobMessage[]): JobContext {
  const bucket = new Proxy(env.VOICES, {
    get(target, name) {
      const member = Reflect.get(target, name) as unknown;
      if (typeof member !== "function") return member;
      return (...args: unknown[]) => life.do(() => member.apply(target, args) as Promise<unknown>);
    },
  });
  const context = createContext({ backoffSeconds: 0 });
  return {
    ...context,
    store: new JobStore(bucket),
    queue: {
      send: (body) =>
        life.do(async () => {
          queue.push(body);
          return { metadata: { metrics: { backlogBytes: 0, backlogCount: 0 } } };
        }),
    },
    fetch: (url, init) => life.do(() => context.fetch(url, init)),
  };
}

/** One batch of all that is in the queue. What is not acknowledged stays in it. */
async function runBatch(life: Life, queue: JobMessage[]): Promise<void> {
  const bodies = queue.splice(0);
  const { batch } = createBatch(bodies);
  const acknowledged = new Set<JobMessage>();
  for (const [index, message] of batch.messages.entries()) {
    message.ack = () => {
      const body = bodies[index];
      if (!life.over && body) acknowledged.add(body);
    };
  }
  await Promise.race([consumeJobs(batch, mortal(life, queue)), life.death.promise]);
  queue.push(...bodies.filter((body) => !acknowledged.has(body)));
}

async function runJob(jobId: string, life: Life): Promise<void> {
  const callback = { jobId, callbackUrl: CALLBACK_URL };
  const queue = MEDIA_IDS.map((mediaId) => fetchMessage(mediaId, callback));
  while (queue.length > 0) await runBatch(life.over ? new Life() : life, queue);
}

const jobIdOf = (number: number) => `j_${String(number).padStart(32, "0")}`;

it("loses nothing, and doubles nothing that a receiver can't tell by its id", async () => {
  const undisturbed = new Life();
  await runJob(jobIdOf(0), undisturbed);
  expect(undisturbed.deeds).toBeGreaterThanOrEqual(30);
  const store = new JobStore(env.VOICES);

  for (let lastDeed = 1; lastDeed <= undisturbed.deeds; lastDeed++) {
    for (const end of ["before", "after"] as const) {
      deliveries.length = 0;
      const jobId = jobIdOf(lastDeed * 2 + (end === "after" ? 1 : 0));
      const life = new Life(lastDeed, end);
      await runJob(jobId, life);
      const where = `died ${end} deed ${lastDeed}`;
      expect(life.over, where).toBe(true);

      const { items, calls } = await store.readFiles(jobId);
      const states = MEDIA_IDS.map((mediaId) => [items.get(mediaId)?.state, calls.get(mediaId)?.state]);
      expect(states, where).toEqual([
        ["ready", "delivered"],
        ["ready", "delivered"],
        ["failed", "delivered"],
      ]);
      expect([...new Set(deliveries.map(({ id }) => id))].sort(), where).toEqual(
        MEDIA_IDS.map((mediaId) => `${jobId}-${mediaId}`).sort(),
      );
      // A receiver may hear of the same thing again, never of another one.
      const told = new Map(deliveries.map(({ id, event }) => [id, event.type]));
      for (const { id, event } of deliveries) expect(event.type, where).toBe(told.get(id));
    }
  }
  const voices = await storedKeys("voice/");
  expect(voices).toEqual([`voice/v1/${APP_ID}/voice-1/source`, `voice/v1/${APP_ID}/voice-2/source`]);
  expect(wechat.calls({ mediaId: "voice-1" }).length).toBe(1);
}, 60_000);
