/** All sources of tokens. One more is one file and one line here. */
import * as z from "zod/mini";
import type { TokenSource } from "../source.ts";
import { authorizer } from "./authorizer.ts";
import { classic } from "./classic.ts";
import { cloud } from "./cloud.ts";
import {
  type AccountWith,
  COMMON_FIELDS,
  type SourceDefinition,
  type SourceWorld,
  type TokenParameter,
} from "./define.ts";
import { pushed } from "./pushed.ts";
import { remote } from "./remote.ts";
import { stable } from "./stable.ts";
import { work } from "./work.ts";

const SOURCES = [stable, classic, authorizer, work, remote, pushed, cloud] as const;

type Known = (typeof SOURCES)[number];
type AccountOf<D> = D extends SourceDefinition<infer K, infer F> ? AccountWith<K, F> : never;

/** One account that voices are fetched from. `source` decides what else it has. */
export type Account = AccountOf<Known>;

export const SOURCE_KINDS: readonly string[] = SOURCES.map(({ kind }) => kind);

/**
 * The shape of an entry of WECHAT_ACCOUNTS whose source is of this kind; null: there is no such kind. Not a union of all shapes,
 * which costs the bundle more than the few lines that tell them apart.
 */
export function accountSchemaOf(kind: unknown): z.ZodMiniType<Account> | null {
  const definition = SOURCES.find((known) => known.kind === kind);
  return definition ? (schemaOf(definition) as unknown as z.ZodMiniType<Account>) : null;
}

function schemaOf({ kind, fields }: Known) {
  return z.strictObject({ ...COMMON_FIELDS, source: z.literal(kind), ...fields });
}

export function createSource(account: Account, world: SourceWorld): TokenSource {
  return definitionOf(account).create(account, world);
}

export function defaultOriginsOf(account: { readonly source: Account["source"] }): readonly string[] | null {
  return definitionOf(account).defaultOrigins ?? null;
}

export function tokenParameterOf(account: Account): TokenParameter {
  return definitionOf(account).tokenParameter(account);
}

export function mediaQueryOf(account: Account): Readonly<Record<string, string>> {
  return definitionOf(account).mediaQuery?.(account) ?? {};
}

export function dialectOf(account: Account): "work" | undefined {
  return definitionOf(account).dialect;
}

export function takesPushes(account: Account): boolean {
  return definitionOf(account).takesPushes(account);
}

/**
 * The definition of exactly this kind of account: that they match is more than the types can follow through a list. Its
 * functions are methods, which TypeScript lets stand for ones that take any account.
 */
function definitionOf({ source }: { readonly source: string }): SourceDefinition<string, NoFields> {
  const definition = SOURCES.find(({ kind }) => kind === source);
  if (!definition) throw new Error(`no source of the kind ${source}`);
  return definition;
}

type NoFields = Readonly<Record<never, never>>;
