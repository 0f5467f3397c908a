/** WeChat's JSON, as untidy as it is met: behind a byte order mark or blanks, and with numbers sent as text. */
import * as z from "zod/mini";

/** Null: no JSON. (JSON's own null means as little.) */
export function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes).trim());
  } catch {
    return null;
  }
}

/** `7200` or `"7200"`. Null: neither. */
export function numberOf(value: unknown): number | null {
  if (typeof value === "string" && /^\s*-?[0-9]{1,15}(\.[0-9]{1,15})?\s*$/.test(value)) return Number(value);
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

/** The same as a rule for a field. */
export const numberSchema = z.pipe(
  z.transform((value: unknown) => numberOf(value)),
  z.number(),
);
