/** What the consumer needs. Built by services/jobs.ts. */
import type { SourceFacts } from "../voice/facts.ts";
import type { FetchWants } from "../voice/service.ts";
import type { World } from "../world.ts";
import type { JobStore } from "./job-store.ts";
import type { JobFormat, JobMessage } from "./message.ts";

export interface JobContext extends World {
  readonly store: JobStore;
  readonly queue: Pick<Queue<JobMessage>, "send">;
  /** Null: the account is neither configured here nor authorised any more. */
  readonly voicesOf: (appId: string, via: JobMessage["via"]) => Promise<JobVoices | null>;
  readonly signLink: (
    origin: string,
    voice: { appId: string; mediaId: string; format: JobFormat },
    seconds: number,
  ) => Promise<{ url: string; expiresAt: string }>;
  /** All of them sign. */
  readonly callbackSecrets: readonly string[];
  readonly callbackOrigins: ReadonlySet<string>;
  readonly callbackTimeoutMs: number;
  readonly backoffSeconds: number;
}

export interface JobVoices {
  /** Resolves when what is to be kept of the voice is stored. Fails with a ServiceError in every other case. */
  readonly fetch: (mediaId: string, wants: FetchWants) => Promise<SourceFacts>;
  /** What was said. Fails with a ServiceError. */
  readonly transcribe: (mediaId: string) => Promise<string>;
}

/** What is done with a message. */
export type Outcome = { readonly kind: "done" } | { readonly kind: "later"; readonly delaySeconds: number };

export const DONE: Outcome = { kind: "done" };

export function later(delaySeconds: number): Outcome {
  return { kind: "later", delaySeconds };
}
