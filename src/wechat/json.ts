/** WeChat's JSON: it may follow a byte order mark or blanks, and have numbers as text. */
import * as z from "zod/mini";

/** Null: no JSON. (JSON's own null means as little.) */
export function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes).trim());
  } catch {
    return null;
  }
}

const NUMBER = /^\s{0,9}-?[0-9]{1,400}(\.[0-9]{1,400})?(e[+-]?[0-9]{1,3})?\s{0,9}$/i;

/** `7200` or `"7200"`. Null: neither. */
export function numberOf(value: unknown): number | null {
  const number = typeof value === "string" && NUMBER.test(value) ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : null;
}

/** The same as a rule for a field. */
export const numberSchema = z.pipe(
  z.transform((value: unknown) => numberOf(value)),
  z.number(),
);
