/**
 * Reads WeChat's JSON: one object of fields. JSON.parse would refuse what followers' text may hold as it is, control
 * characters above all, would lose the last digits of a 64-bit MsgId, and would give nothing of a text that is cut off.
 * So a field of text ends here where another field, or the object's end, stands behind a quote.
 */
import { skipBlanks } from "./text.ts";

const MAX_FIELDS = 1_000;
const MAX_NAME_LENGTH = 64;
const NAME_PATTERN = /^[A-Za-z0-9_-]+$/;
const ESCAPES: Readonly<Record<string, string>> = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };

interface Piece<T> {
  readonly value: T;
  /** Behind it. */
  readonly end: number;
}

/** The object's fields of text, and its numbers as they were written. Of two with one name the first counts. */
export function readJson(text: string): Map<string, string> {
  const fields = new Map<string, string>();
  let name = readName(text, skipBlanks(text, text.indexOf("{") + 1));
  for (let count = 0; name !== null && count < MAX_FIELDS; count++) {
    const piece = readValue(text, name.end);
    if (!piece) break;
    if (piece.value !== null && !fields.has(name.value)) fields.set(name.value, piece.value);
    name = nextName(text, piece.end);
  }
  return fields;
}

/** What stands between here and the comma is passed over: the rest of a text that seemed to have ended. */
function nextName(text: string, from: number): Piece<string> | null {
  for (let at = text.indexOf(",", from); at !== -1; at = text.indexOf(",", at + 1)) {
    const name = readName(text, skipBlanks(text, at + 1));
    if (name) return name;
  }
  return null;
}

/** A name, its colon, and the blanks behind that. */
function readName(text: string, at: number): Piece<string> | null {
  if (text.charAt(at) !== '"') return null;
  let end = at + 1;
  while (end < text.length && end - at <= MAX_NAME_LENGTH && text.charAt(end) !== '"') end++;
  const value = text.slice(at + 1, end);
  const colon = skipBlanks(text, end + 1);
  if (text.charAt(end) !== '"' || text.charAt(colon) !== ":" || !NAME_PATTERN.test(value)) return null;
  return { value, end: skipBlanks(text, colon + 1) };
}

/** The value is null where it is neither text nor a number. All is null where the text ends inside of it. */
function readValue(text: string, at: number): Piece<string | null> | null {
  const first = text.charAt(at);
  if (first === '"') return readText(text, at);
  if (first === "{" || first === "[") return passNested(text, at);
  let end = at;
  while (end < text.length && !",}]".includes(text.charAt(end))) end++;
  if (end === text.length) return null;
  const word = text.slice(at, end).trim();
  return { value: /^-?[0-9]/.test(word) ? word : null, end };
}

function readText(text: string, at: number): Piece<string> | null {
  let isEscaped = false;
  for (let end = at + 1; end < text.length; end++) {
    const character = text.charAt(end);
    if (character === '"' && isEndOfText(text, end + 1, isEscaped)) {
      return { value: unescapeJson(text.slice(at + 1, end)), end: end + 1 };
    }
    isEscaped = character === "\\" && !isEscaped;
  }
  return null;
}

/** In JSON that is right, no text holds a comma between two quotes that aren't escaped: there, no backslash counts. */
function isEndOfText(text: string, at: number, isEscaped: boolean): boolean {
  const next = skipBlanks(text, at);
  const character = text.charAt(next);
  if (character === ",") return readName(text, skipBlanks(text, next + 1)) !== null;
  return !isEscaped && (character === "}" || character === "]");
}

function passNested(text: string, at: number): Piece<null> | null {
  let depth = 0;
  let isInText = false;
  for (let end = at; end < text.length; end++) {
    const character = text.charAt(end);
    if (isInText && character === "\\") end++;
    else if (character === '"') isInText = !isInText;
    else if (isInText) continue;
    else if (character === "{" || character === "[") depth++;
    else if ((character === "}" || character === "]") && --depth === 0) return { value: null, end: end + 1 };
  }
  return null;
}

function unescapeJson(raw: string): string {
  if (!raw.includes("\\")) return raw;
  return raw.replace(/\\(?:u([0-9a-fA-F]{4})|(.))/gs, (_, hex?: string, letter = "") =>
    hex === undefined ? (ESCAPES[letter] ?? letter) : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
