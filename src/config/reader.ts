/** Reads single settings out of the environment. What is wrong with one is noted by name and rule, never by value. */
import * as z from "zod/mini";
import { oddityInJson } from "../oddity.ts";
import { describeFault } from "../schema.ts";
import type { ListName, SettingName, Settings } from "./settings.ts";

/** An empty variable counts as not set: wrangler.toml lists them all with empty defaults. */
export function readSetting<T extends z.ZodMiniType>(
  env: Settings,
  name: SettingName,
  schema: T,
  faults: string[],
): z.infer<T> | undefined {
  const verdict = schema.safeParse(env[name] === "" ? undefined : env[name]);
  if (verdict.success) return verdict.data;
  faults.push(`${name} ${describeFault(verdict.error)}.`);
  return undefined;
}

/** An entry of a list, and the place that a fault names: `API_KEYS_BACKEND: [0]`. */
export interface Listed<T> {
  readonly entry: T;
  readonly place: string;
}

/** The variables that make up a list, in the order of their names. */
export function partsOf(env: Settings, list: ListName): { name: string; value: string }[] {
  return Object.entries(env)
    .filter(([name, value]) => (name === list || name.startsWith(`${list}_`)) && value !== "")
    .map(([name, value]) => ({ name, value: String(value) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** JSON: a list, or a single entry. Empty when nothing is set. */
export function readList<T extends z.ZodMiniType>(
  env: Settings,
  list: ListName,
  entrySchema: T,
  faults: string[],
): Listed<z.infer<T>>[] {
  return partsOf(env, list).flatMap(({ name, value }) => readPart(name, value, entrySchema, faults));
}

/** One variable of a list. */
export function readPart<T extends z.ZodMiniType>(
  name: string,
  value: string,
  entrySchema: T,
  faults: string[],
): Listed<z.infer<T>>[] {
  let json: unknown;
  try {
    json = JSON.parse(value);
  } catch {
    const oddity = oddityInJson(value);
    faults.push(`${name} is not valid JSON: it ${oddity ?? "must be a JSON list"}.`);
    return [];
  }
  const isSingle = typeof json === "object" && json !== null && !Array.isArray(json);
  const verdict = z.array(entrySchema).safeParse(isSingle ? [json] : json);
  if (verdict.success) {
    return verdict.data.map((entry, index) => ({ entry, place: `${name}: [${index}]` }));
  }
  faults.push(`${name}: ${describeFault(verdict.error)}.`);
  return [];
}

/** Notes every entry whose name is that of one before it. */
export function refuseRepetitions<T>(
  listed: readonly Listed<T>[],
  nameOf: (entry: T) => string,
  words: string,
  faults: string[],
): T[] {
  const seen = new Set<string>();
  for (const { entry, place } of listed) {
    if (seen.has(nameOf(entry))) faults.push(`${place}${words}.`);
    seen.add(nameOf(entry));
  }
  return listed.map(({ entry }) => entry);
}

export function splitList(value: string | undefined): string[] {
  return (value ?? "")
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "");
}

/** Notes every entry that breaks the rule. */
export function checkEach(
  name: SettingName,
  entries: readonly string[],
  schema: z.ZodMiniType<string, string>,
  faults: string[],
): readonly string[] {
  for (const entry of entries) {
    const verdict = schema.safeParse(entry);
    if (!verdict.success) faults.push(`${name}: ${describeFault(verdict.error)}.`);
  }
  return entries;
}
