/** Who may call: API keys, their scopes, and what is known of a caller once it has shown who it is. */
import * as z from "zod/mini";
import { appIdSchema, idSchema, tidy } from "../schema.ts";

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
  "voices:transcribe",
  "voices:delete",
  "links:create",
  "fetches:create",
  "fetches:read",
  "token:read",
  "token:rotate",
  "token:push",
  "accounts:read",
  "jsapi:sign",
  "compat",
] as const;
export type Scope = (typeof SCOPES)[number];

export const apiKeySchema = z.strictObject({
  id: idSchema,
  sha256: z
    .string()
    .check(
      tidy("no blanks"),
      z.regex(/^[0-9a-f]{64}$/, "must be 64 lower-case hex digits, as 'npm run key' prints them"),
    ),
  scopes: z.array(z.enum(SCOPES)).check(z.minLength(1, "must name at least one scope")),
  apps: z.optional(z.array(appIdSchema)),
});
