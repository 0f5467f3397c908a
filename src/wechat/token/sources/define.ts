/** What a kind of source is made of: its own settings, where it differs from an Official Account's, and its code. */
import * as z from "zod/mini";
import { appIdSchema, originSchema, pushSchema, textSchema } from "../../../schema.ts";
import type { BaseAccount } from "../../account.ts";
import type { Transport } from "../../transport.ts";
import type { AccessToken, TokenSource } from "../source.ts";

/** Settings that every account has, whatever its source. */
export const COMMON_FIELDS = {
  appId: appIdSchema,
  apiOrigins: z.optional(z.array(originSchema).check(z.minLength(1, "must name at least one origin"))),
  tokenOrigin: z.optional(originSchema),
  relaySecret: z.optional(textSchema),
  push: z.optional(pushSchema),
  /** Whether a follower's voice message is turned into text. */
  transcribe: z.optional(z.boolean()),
};

type Fields = Readonly<Record<string, z.ZodMiniType>>;
// With a field at least: the type of an empty object would forbid every field.
type Settings<F extends Fields> = z.infer<z.ZodMiniObject<F & { appId: typeof appIdSchema }>>;

export type AccountWith<K extends string, F extends Fields> = BaseAccount &
  Readonly<Omit<Settings<F>, keyof BaseAccount>> & { readonly source: K };

/** What a source may need besides its account. */
export interface SourceWorld {
  readonly transport: Transport;
  /** The token that was last pushed for this account; null: none, or it has ended. */
  readonly pushed: () => AccessToken | null;
  /** An authorised account's token, from the platform that it authorised. */
  readonly authorizerToken: (componentAppId: string, appId: string) => Promise<AccessToken>;
}

/** The query parameter that the token travels in; null: the calls go without one. */
export type TokenParameter = "access_token" | "cloudbase_access_token" | null;

export interface SourceDefinition<K extends string, F extends Fields> {
  readonly kind: K;
  readonly fields: F;
  /** Where this kind of account is asked when nothing else is set; absent: WECHAT_API_ORIGINS. */
  readonly defaultOrigins?: readonly string[];
  tokenParameter(account: AccountWith<K, F>): TokenParameter;
  /** Added to the query of every call for media or a ticket. */
  mediaQuery?(account: AccountWith<K, F>): Readonly<Record<string, string>>;
  /** Whose errcode table applies. Absent: the Official Accounts'. */
  readonly dialect?: "work";
  /** Whether `PUT /v1/token` is how this account gets its tokens. */
  takesPushes(account: AccountWith<K, F>): boolean;
  create(account: AccountWith<K, F>, world: SourceWorld): TokenSource;
}

/** Checks that a definition is one, and keeps its exact types. */
export function defineSource<const K extends string, const F extends Fields>(
  definition: SourceDefinition<K, F>,
): SourceDefinition<K, F> {
  return definition;
}

export const ACCESS_TOKEN = (): TokenParameter => "access_token";
export const NEVER = (): boolean => false;
