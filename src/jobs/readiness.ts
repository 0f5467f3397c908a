/** What has to be configured before a job can be taken in. */
import { ServiceError } from "../errors.ts";
import { judgeCallbackUrl } from "../http/callback-url.ts";
import type { StoredForm } from "../voice/stored-form.ts";

const REFUSALS = {
  malformed: "must be an https URL without a user name or a password",
  "not-https": "must begin with https://",
  "not-listed": "names a host, or a port, that is not in CALLBACK_HOSTS",
} as const;

/** What has to be configured before anybody can be called back. */
export interface CallbackSettings {
  readonly callbackOrigins: ReadonlySet<string>;
  readonly callbackSecrets: readonly string[];
  readonly linkKeys: readonly unknown[];
}

export function requireCallable(callbackUrl: string, settings: CallbackSettings): void {
  const verdict = judgeCallbackUrl(callbackUrl, settings.callbackOrigins);
  if (verdict !== "allowed") throw new ServiceError("request-invalid", `callbackUrl ${REFUSALS[verdict]}.`);
  if (settings.callbackSecrets.length === 0) {
    throw new ServiceError("not-configured", "CALLBACK_SECRETS is empty: callbacks can't be signed.");
  }
  if (settings.linkKeys.length === 0) {
    throw new ServiceError("not-configured", "LINK_KEYS is empty: callbacks could not link to the voice.");
  }
}

/** A voice that is fetched and not kept would be gone with the job. */
export function requireStore(storeFormats: ReadonlySet<StoredForm>): void {
  if (storeFormats.has("source")) return;
  throw new ServiceError("not-configured", "STORE_FORMATS lacks 'source': jobs would store nothing.");
}
