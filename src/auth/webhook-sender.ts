/** Who may post jobs by a signed webhook: the holder of a secret, for the accounts that the secret is bound to. */
import * as z from "zod/mini";
import { appIdSchema, tidy } from "../schema.ts";
import type { Caller } from "./caller.ts";

export interface WebhookSecret {
  /** Standard Webhooks: `whsec_…`. */
  readonly secret: string;
  /** The accounts it may post for; absent: all. */
  readonly apps?: readonly string[] | undefined;
  /** What its holder may do besides posting jobs. Who may read voices gets links in callbacks. */
  readonly scopes?: readonly ("voices:read" | "voices:transcribe")[] | undefined;
}

const SECRET_RULE = "must be 'whsec_' and 24 to 64 bytes in base64";

/** Standard Webhooks: "between 24 bytes (192 bits) and 64 bytes (512 bits)". */
export const whsecSchema = z.string().check(
  tidy("no blanks"),
  z.regex(/^whsec_[A-Za-z0-9+/]{32,86}={0,2}$/, SECRET_RULE),
  z.refine((secret) => (secret.length - "whsec_".length) % 4 === 0, SECRET_RULE),
);

export const webhookSecretSchema = z.strictObject({
  secret: whsecSchema,
  apps: z.optional(z.array(appIdSchema).check(z.minLength(1, "must name at least one account"))),
  scopes: z.optional(z.array(z.enum(["voices:read", "voices:transcribe"]))),
});

/** A name that no API key can have: their ids hold no parentheses. */
export const WEBHOOK_SENDER_ID = "(webhook)";

export function senderOf({ apps, scopes = [] }: WebhookSecret): Caller {
  return { id: WEBHOOK_SENDER_ID, scopes: ["fetches:create", ...scopes], ...(apps ? { apps } : {}) };
}
