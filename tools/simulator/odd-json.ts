/** JSON as no sender should write it, made from what this simulator wrote itself with JSON.stringify. */
import { utf8 } from "./bytes.ts";

/** A number behind its name, and the comma before it where there is one. No text can look like this: quotes in it are escaped. */
const EXPIRES_IN = /(,?)"expires_in":-?[\d.e+]+/g;

/** Every `expires_in` with `json` in place of its number; without the field when that is empty. */
export function putExpiresIn(body: Uint8Array, json: string): Uint8Array<ArrayBuffer> {
  const text = new TextDecoder().decode(body);
  return utf8(
    text.replace(EXPIRES_IN, (_, comma: string) => (json === "" ? "" : `${comma}"expires_in":${json}`)),
  );
}

/** `{"errcode":40007}` as `{"errcode":"40007"}`, at every depth. What isn't JSON stays as it is. */
export function writeNumbersAsText(body: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(body));
    return utf8(JSON.stringify(value, (_, one) => (typeof one === "number" ? String(one) : one)));
  } catch {
    return body;
  }
}
