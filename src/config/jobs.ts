/** Settings of what leaves without an API key: signed links, webhooks in and out, and how patiently jobs are retried. */
import * as z from "zod/mini";
import type { LinkKey } from "../auth/signed-link.ts";
import { parseCallbackHost } from "../http/callback-url.ts";
import { DEFAULT_JOB_BACKOFF_SECONDS } from "../limits.ts";
import { oddityIn } from "../oddity.ts";
import { idSchema, tidy } from "../schema.ts";
import { readList, splitList } from "./reader.ts";
import type { Settings } from "./settings.ts";

export interface JobSettings {
  /** The first signs, all verify. */
  readonly linkKeys: readonly LinkKey[];
  /** Standard Webhooks secrets, `whsec_…`. The first signs, all verify. */
  readonly webhookSecrets: readonly string[];
  /** Origins that may be called back, e.g. `https://hooks.example.com`. */
  readonly callbackOrigins: ReadonlySet<string>;
  /** Mean pause before the first repetition. 0: at once, for tests. */
  readonly jobBackoffSeconds: number;
}

const linkKeySchema = z.strictObject({
  id: idSchema,
  secret: z.string().check(tidy("blanks inside"), z.minLength(32, "must have at least 32 characters")),
});

/** Standard Webhooks: "between 24 bytes (192 bits) and 64 bytes (512 bits)". */
const WEBHOOK_SECRET_PATTERN = /^whsec_([A-Za-z0-9+/]{32,86}={0,2})$/;

export function readJobSettings(env: Settings, faults: string[]): JobSettings {
  return {
    linkKeys: readLinkKeys(env, faults),
    webhookSecrets: readWebhookSecrets(env, faults),
    callbackOrigins: readCallbackOrigins(env, faults),
    jobBackoffSeconds: readBackoff(env, faults),
  };
}

function readLinkKeys(env: Settings, faults: string[]): LinkKey[] {
  const keys = readList(env, "LINK_KEYS", linkKeySchema, faults);
  const ids = keys.map(({ id }) => id);
  const repeated = ids.find((id, index) => ids.indexOf(id) !== index);
  if (repeated !== undefined) faults.push(`LINK_KEYS names the key id ${repeated} a second time.`);
  return keys;
}

function readWebhookSecrets(env: Settings, faults: string[]): string[] {
  const secrets = splitList(env.WEBHOOK_SECRETS);
  for (const [index, secret] of secrets.entries()) {
    const encoded = WEBHOOK_SECRET_PATTERN.exec(secret)?.[1];
    if (encoded === undefined || encoded.length % 4 !== 0) {
      const oddity = oddityIn(secret, "no blanks");
      const rule = "must be 'whsec_' and 24 to 64 bytes in base64";
      faults.push(`WEBHOOK_SECRETS: [${index}] ${oddity ?? rule}.`);
    }
  }
  return secrets;
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
