/** Reads single settings out of the environment. What is wrong with one is noted by name and rule, never by value. */
import * as z from "zod/mini";
import { oddityInJson } from "../oddity.ts";
import { describeFault } from "../schema.ts";
import type { SettingName, Settings } from "./settings.ts";

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

/** A JSON list; empty when nothing is set. */
export function readList<T extends z.ZodMiniType>(
  env: Settings,
  name: SettingName,
  entrySchema: T,
  faults: string[],
): z.infer<T>[] {
  const value = env[name];
  if (value === undefined || value === "") return [];
  let list: unknown;
  try {
    list = JSON.parse(value);
  } catch {
    const oddity = oddityInJson(value);
    faults.push(`${name} is not valid JSON: it ${oddity ?? "must be a JSON list"}.`);
    return [];
  }
  const verdict = z.array(entrySchema).safeParse(list);
  if (verdict.success) return verdict.data;
  faults.push(`${name}: ${describeFault(verdict.error)}.`);
  return [];
}

export function splitList(value: string | undefined): string[] {
  return (value ?? "")
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "");
}

/** Notes every entry that isn't as it should be. */
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
