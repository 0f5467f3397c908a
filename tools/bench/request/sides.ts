/** The two that are compared, as a client sees them: the same voices, the same forms, the same jobs. */
import { Agent } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { DEMO_KEY } from "../../local/settings.ts";
import { type Expected, expectAnswer, type Received } from "../client.ts";
import type { Workerd } from "../runtime/process.ts";
import { objectsOf } from "./workers.ts";
import type { World } from "./world.ts";

export type Form = "speex" | "wav";

export interface Side {
  /** Of the Worker, among workerd's services. */
  readonly worker: string;
  /** Of its Durable Objects; null where it has none. */
  readonly objects: string | null;
  get(mediaId: string, form: Form, expected: Expected, headers?: Record<string, string>): Promise<Received>;
  /** The message of a job that wants this voice as WAV, as it lies in the queue. */
  message(mediaId: string): Promise<unknown>;
  /** Has the Worker's queue handler work a message off. */
  deliver(message: unknown): Promise<void>;
}

const AUTHORIZATION = { authorization: `Bearer ${DEMO_KEY}` };
const JOB_QUEUE = "hdvoice-jobs";
const STORE_ATTEMPTS = 5;
const STORE_LOOKS = 100;
const STORE_LOOK_MS = 5;

export function gatewaySide(workerd: Workerd, worker: string, world: World): Side {
  const agent = new Agent({ keepAlive: true });
  const origin = workerd.originOf(worker);
  return {
    worker,
    objects: objectsOf(worker),
    get(mediaId, form, expected, headers = {}) {
      const sent = { agent, headers: { ...AUTHORIZATION, ...headers } };
      return expectAnswer(`${origin}/v1/voices/${mediaId}.${form}`, sent, expected);
    },
    async message(mediaId) {
      const response = await fetch(`${origin}/v1/fetches`, {
        method: "POST",
        headers: { ...AUTHORIZATION, "content-type": "application/json" },
        body: JSON.stringify({ mediaIds: [mediaId], formats: ["wav"] }),
      });
      const [message] = world.takeMessages();
      if (message === undefined) throw new Error(`The job was not queued: ${await response.text()}`);
      return message;
    },
    deliver: (message) => deliver(workerd, worker, message),
  };
}

export function bareSide(workerd: Workerd, worker: string): Side {
  const agent = new Agent({ keepAlive: true });
  const origin = workerd.originOf(worker);
  return {
    worker,
    objects: null,
    get(mediaId, form, expected, headers = {}) {
      const url = `${origin}/bare/${mediaId}/${form === "speex" ? "source" : "wav"}`;
      return expectAnswer(url, { agent, headers }, expected);
    },
    message: async (mediaId) => ({ mediaId }),
    deliver: (message) => deliver(workerd, worker, message),
  };
}

async function deliver(workerd: Workerd, worker: string, message: unknown): Promise<void> {
  const url = `${workerd.originOf("driver")}/${worker}/${JOB_QUEUE}`;
  const response = await fetch(url, { method: "POST", body: JSON.stringify(message) });
  const text = await response.text();
  // A message is either acknowledged by itself, or with all of its batch.
  const {
    outcome,
    ackAll,
    explicitAcks = [],
  } = JSON.parse(text) as {
    outcome?: string;
    ackAll?: boolean;
    explicitAcks?: readonly string[];
  };
  if (outcome !== "ok" || (!ackAll && explicitAcks.length !== 1))
    throw new Error(`The message was not worked off: ${text}`);
}

/** A voice that lies in the store in this form, however often it has to be asked for until it does. */
export async function storedVoice(side: Side, world: World, form: Form, seconds: number): Promise<string> {
  const mediaId = world.addVoice(seconds, "at once");
  const key = form === "speex" ? "/source" : "/wav";
  for (let attempt = 0; attempt < STORE_ATTEMPTS; attempt++) {
    await side.get(mediaId, form, whole(form, seconds));
    for (let look = 0; look < STORE_LOOKS; look++) {
      if (world.isStored(mediaId, key)) return mediaId;
      await sleep(STORE_LOOK_MS);
    }
  }
  throw new Error(`${side.worker} does not store a voice's .${form} that is asked for again and again.`);
}

/** What a whole form has to be like. */
export function whole(form: Form, seconds: number): Expected {
  return { status: 200, lengthBytes: form === "speex" ? seconds * 3_000 : 44 + seconds * 32_000 };
}
