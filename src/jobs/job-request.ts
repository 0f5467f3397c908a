/** What a caller may ask for: the shape of `POST /v1/fetches`, and what has to be configured for it. */
import * as z from "zod/mini";
import { ServiceError } from "../errors.ts";
import { judgeCallbackUrl } from "../http/callback-url.ts";
import { MAX_MEDIA_IDS, MEDIA_ID_PATTERN } from "../limits.ts";
import type { StoredForm } from "../voice/stored-form.ts";
import { JOB_FORMATS } from "./message.ts";

/** Part of every message of the job, of which a hundred have to fit into 256 KB. */
const MAX_CALLBACK_URL_LENGTH = 1_000;
const countRule = `must hold 1 to ${MAX_MEDIA_IDS} media ids`;

export const jobRequestSchema = z.strictObject({
  mediaIds: z
    .array(z.string().check(z.regex(MEDIA_ID_PATTERN, "must be 1 to 256 letters, digits, '-' or '_'")))
    .check(z.minLength(1, countRule), z.maxLength(MAX_MEDIA_IDS, countRule)),
  formats: z._default(z.array(z.enum(JOB_FORMATS)).check(z.minLength(1, "must name at least one form")), [
    "wav",
  ]),
  callbackUrl: z.optional(
    z
      .string()
      .check(z.maxLength(MAX_CALLBACK_URL_LENGTH, `must have at most ${MAX_CALLBACK_URL_LENGTH} characters`)),
  ),
});

const REFUSALS = {
  malformed: "must be an https URL without a user name or a password",
  "not-https": "must begin with https://",
  "not-listed": "names a host, or a port, that is not in CALLBACK_HOSTS",
} as const;

/** What has to be configured before anybody can be called back. */
export interface CallbackSettings {
  readonly callbackOrigins: ReadonlySet<string>;
  readonly webhookSecrets: readonly string[];
  readonly linkKeys: readonly unknown[];
}

export function requireCallable(callbackUrl: string, settings: CallbackSettings): void {
  const verdict = judgeCallbackUrl(callbackUrl, settings.callbackOrigins);
  if (verdict !== "allowed") throw new ServiceError("request-invalid", `callbackUrl ${REFUSALS[verdict]}.`);
  if (settings.webhookSecrets.length === 0) {
    throw new ServiceError("not-configured", "WEBHOOK_SECRETS is empty: no callback can be signed.");
  }
  if (settings.linkKeys.length === 0) {
    throw new ServiceError(
      "not-configured",
      "LINK_KEYS is empty: a callback could not say where the voice is.",
    );
  }
}

/** A voice that is fetched and not kept would be gone with the job. */
export function requireStore(storeFormats: ReadonlySet<StoredForm>): void {
  if (storeFormats.has("source")) return;
  throw new ServiceError("not-configured", "STORE_FORMATS lacks 'source': jobs would keep nothing.");
}
