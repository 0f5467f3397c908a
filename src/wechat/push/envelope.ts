/**
 * The `Encrypt` of a body, before anybody knows who sent the body: its signature is over this text, so nothing may be
 * parsed to find it. What stands there is base64, and that is all that is looked for.
 */
import { skipBlanks } from "./text.ts";

const CDATA = "<![CDATA[";
const CDATA_END = "]]>";

/**
 * What may be the encrypted message, one or two texts. In compatible mode a follower's own words stand beside it, and they
 * may look like it: the real one is the first or the last.
 */
export function findEncrypted(text: string): readonly string[] {
  const isJson = text.charAt(skipBlanks(text, 0)) === "{";
  const mark = isJson ? '"Encrypt"' : "<Encrypt>";
  const read = isJson ? readJsonValue : readXmlValue;
  let first: string | null = null;
  let last: string | null = null;
  for (let at = text.indexOf(mark); at !== -1; at = text.indexOf(mark, at + mark.length)) {
    const value = read(text, at + mark.length);
    first ??= value;
    last = value ?? last;
  }
  return first === null || last === null ? [] : [...new Set([last, first])];
}

function readXmlValue(text: string, start: number): string | null {
  let at = skipBlanks(text, start);
  const inCdata = text.startsWith(CDATA, at);
  if (inCdata) at = skipBlanks(text, at + CDATA.length);
  const end = endOfBase64(text, at);
  let after = skipBlanks(text, end);
  if (inCdata) {
    if (!text.startsWith(CDATA_END, after)) return null;
    after = skipBlanks(text, after + CDATA_END.length);
  }
  return end > at && text.startsWith("</Encrypt>", after) ? text.slice(at, end) : null;
}

/** Some writers of JSON escape each slash. */
function readJsonValue(text: string, start: number): string | null {
  const colon = skipBlanks(text, start);
  const quote = skipBlanks(text, colon + 1);
  if (text.charAt(colon) !== ":" || text.charAt(quote) !== '"') return null;
  const at = skipBlanks(text, quote + 1);
  const end = endOfBase64(text, at);
  if (end === at || text.charAt(skipBlanks(text, end)) !== '"') return null;
  return text.slice(at, end).replaceAll("\\/", "/");
}

function endOfBase64(text: string, start: number): number {
  let end = start;
  while (end < text.length && isBase64(text, end)) end++;
  return end;
}

function isBase64(text: string, at: number): boolean {
  const code = text.charCodeAt(at) | 0x20;
  if (code >= 0x61 && code <= 0x7a) return true;
  const character = text.charAt(at);
  if (character === "\\") return text.charAt(at + 1) === "/";
  return (
    (character >= "0" && character <= "9") || character === "+" || character === "/" || character === "="
  );
}
