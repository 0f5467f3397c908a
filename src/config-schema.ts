/** The shapes of what can be set, and their rules in words. `config.ts` reads the values. */
import * as z from "zod/mini";

/** One WeChat account that voices are fetched from. */
export interface Account {
  readonly appId: string;
  readonly source: "stable";
  readonly secret: string;
  /** Tried in order on network errors and 5xx. At least one. */
  readonly apiOrigins: readonly string[];
  readonly tokenOrigin: string;
}

/** A caller. Only the hash of its key is known here. */
export interface ApiKey {
  readonly id: string;
  /** SHA-256 of the whole key, lower-case hex. */
  readonly sha256: string;
  readonly scopes: readonly Scope[];
  /** The accounts it may use; absent means all. */
  readonly apps?: readonly string[] | undefined;
}

/** Who is calling, however that was proved: by a key, by a signed link, by a signed webhook. */
export type Caller = Omit<ApiKey, "sha256">;

export const SCOPES = [
  "voices:read",
  "accounts:read",
  "links:create",
  "fetches:create",
  "fetches:read",
] as const;
export type Scope = (typeof SCOPES)[number];

export const STORED_FORMS = ["source", "wav"] as const;
export type StoredForm = (typeof STORED_FORMS)[number];

export const appIdSchema = z
  .string()
  .check(z.regex(/^[A-Za-z0-9_-]{1,64}$/, "must be 1 to 64 letters, digits, '-' or '_'"));
export const textSchema = z.string().check(z.minLength(1, "must not be empty"));
export const originSchema = z
  .string()
  .check(
    z.regex(/^https?:\/\/[^/?#@\s]+$/, "must be an origin such as https://api.weixin.qq.com, without a path"),
  );

export const accountSchema = z.strictObject({
  appId: appIdSchema,
  source: z._default(z.literal("stable"), "stable"),
  secret: textSchema,
  apiOrigins: z.optional(z.array(originSchema).check(z.minLength(1, "must name at least one origin"))),
  tokenOrigin: z.optional(originSchema),
});

export const apiKeySchema = z.strictObject({
  id: z.string().check(z.regex(/^[A-Za-z0-9_-]{1,64}$/, "must be 1 to 64 letters, digits, '-' or '_'")),
  sha256: z
    .string()
    .check(z.regex(/^[0-9a-f]{64}$/, "must be 64 lower-case hex digits, as 'npm run key' prints them")),
  scopes: z.array(z.enum(SCOPES)).check(z.minLength(1, "must name at least one scope")),
  apps: z.optional(z.array(appIdSchema)),
});

/** Path and rule of the first fault, e.g. `[0].sha256 must be …`. Never the value: it may be a secret. */
export function describeFault(error: z.core.$ZodError): string {
  const issue = error.issues[0];
  if (!issue) return "is invalid";
  const path = issue.path
    .map((step) => (typeof step === "number" ? `[${step}]` : `.${String(step)}`))
    .join("");
  return `${path} ${ruleOf(issue)}`.trim();
}

function ruleOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return `is missing or not a ${issue.expected}`;
    case "invalid_value":
      return `must be one of: ${issue.values.map(String).join(", ")}`;
    case "unrecognized_keys":
      return "has a field that is not known here";
    default:
      return issue.message;
  }
}
