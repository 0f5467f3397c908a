/** Settings of what needs no API key: signed links, webhooks in and out, and how often jobs are retried. */
import * as z from "zod/mini";
import type { LinkKey } from "../auth/keyed-hash.ts";
import { type WebhookSecret, webhookSecretSchema, whsecSchema } from "../auth/webhook-sender.ts";
import { parseCallbackHost } from "../http/callback-url.ts";
import { DEFAULT_JOB_BACKOFF_SECONDS } from "../limits.ts";
import { oddityIn } from "../oddity.ts";
import { describeFault, idSchema, tidy } from "../schema.ts";
import { type Listed, partsOf, readList, readPart, refuseRepetitions, splitList } from "./reader.ts";
import type { Settings } from "./settings.ts";

export interface JobSettings {
  /** The first signs, all verify. */
  readonly linkKeys: readonly LinkKey[];
  /** Who may post jobs by a signed webhook. */
  readonly webhookSecrets: readonly WebhookSecret[];
  /** Standard Webhooks secrets, `whsec_…`, that callbacks are signed with: with all of them. */
  readonly callbackSecrets: readonly string[];
  /** Origins that may be called back, e.g. `https://hooks.example.com`. */
  readonly callbackOrigins: ReadonlySet<string>;
  /** Mean pause before the first repetition. 0: at once, for tests. */
  readonly jobBackoffSeconds: number;
}

const linkKeySchema = z.strictObject({
  id: idSchema,
  secret: z.string().check(tidy("blanks inside"), z.minLength(32, "must have at least 32 characters")),
});

export function readJobSettings(env: Settings, faults: string[]): JobSettings {
  return {
    linkKeys: readLinkKeys(env, faults),
    ...readSecrets(env, faults),
    callbackOrigins: readCallbackOrigins(env, faults),
    jobBackoffSeconds: readBackoff(env, faults),
  };
}

function readLinkKeys(env: Settings, faults: string[]): LinkKey[] {
  const keys = readList(env, "LINK_KEYS", linkKeySchema, faults);
  return refuseRepetitions(keys, ({ id }) => id, ".id is already used by a key before it", faults);
}

function readSecrets(
  env: Settings,
  faults: string[],
): Pick<JobSettings, "webhookSecrets" | "callbackSecrets"> {
  const incoming = readWhsecs(env, "WEBHOOK_SECRETS", webhookSecretSchema, faults);
  const outgoing = readWhsecs(env, "CALLBACK_SECRETS", callbackSecretSchema, faults);
  // Every receiver of callbacks has one, and could post jobs with it.
  const known = new Set(incoming.map(({ entry }) => entry.secret));
  for (const { entry, place } of outgoing) {
    if (!known.has(entry.secret)) continue;
    faults.push(
      `${place} is in WEBHOOK_SECRETS too. They must differ: whoever receives callbacks must not be able to post jobs.`,
    );
  }
  return {
    webhookSecrets: incoming.map(({ entry }) => entry),
    callbackSecrets: outgoing.map(({ entry }) => entry.secret),
  };
}

const callbackSecretSchema = z.strictObject({ secret: whsecSchema });

/** `whsec_…,whsec_…`, or JSON, which may say more of each. */
function readWhsecs<T extends z.ZodMiniType>(
  env: Settings,
  list: "WEBHOOK_SECRETS" | "CALLBACK_SECRETS",
  schema: T,
  faults: string[],
): Listed<z.infer<T>>[] {
  return partsOf(env, list).flatMap(({ name, value }) => {
    if (/^\s*[[{]/.test(value)) return readPart(name, value, schema, faults);
    const plain = splitList(value);
    for (const [index, secret] of plain.entries()) {
      const verdict = whsecSchema.safeParse(secret);
      if (!verdict.success) faults.push(`${name}: [${index}] ${describeFault(verdict.error)}.`);
    }
    return plain.map((secret, index) => ({ entry: { secret } as z.infer<T>, place: `${name}: [${index}]` }));
  });
}

function readCallbackOrigins(env: Settings, faults: string[]): Set<string> {
  const origins = new Set<string>();
  for (const [index, entry] of splitList(env.CALLBACK_HOSTS).entries()) {
    const host = parseCallbackHost(entry);
    if ("origin" in host) origins.add(host.origin);
    else faults.push(`CALLBACK_HOSTS: [${index}] ${oddityIn(entry, "no blanks") ?? host.fault}.`);
  }
  return origins;
}

function readBackoff(env: Settings, faults: string[]): number {
  const value = env.JOB_BACKOFF_SECONDS;
  if (value === undefined || value === "") return DEFAULT_JOB_BACKOFF_SECONDS;
  if (/^[0-9]{1,3}$/.test(value)) return Number(value);
  faults.push("JOB_BACKOFF_SECONDS must be a whole number of seconds from 0 to 999.");
  return DEFAULT_JOB_BACKOFF_SECONDS;
}
