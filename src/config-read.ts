/** How settings that hold lists are read. Faults are gathered, by name and rule, never by value. */
import * as z from "zod/mini";
import { describeFault } from "./config-schema.ts";
import type { Env } from "./env.ts";

/** A JSON list in a secret. Absent or empty: no entries. */
export function readList<T extends z.ZodMiniType>(
  env: Env,
  name: "WECHAT_ACCOUNTS" | "API_KEYS" | "LINK_KEYS",
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

/** A list with commas between its entries. */
export function splitList(value: string | undefined): string[] {
  return (value ?? "")
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "");
}
