/** Reads single settings out of the environment. What is wrong with one is noted by name and rule, never by value. */
import * as z from "zod/mini";
import { describeFault, originSchema } from "../schema.ts";
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
    faults.push(`${name} is not valid JSON: it must be a JSON list.`);
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

/** Notes every entry that is no origin. */
export function checkOrigins(
  name: SettingName,
  origins: readonly string[],
  faults: string[],
): readonly string[] {
  for (const entry of origins) {
    const verdict = originSchema.safeParse(entry);
    if (!verdict.success) faults.push(`${name}: ${describeFault(verdict.error)}.`);
  }
  return origins;
}
