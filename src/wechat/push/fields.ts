/** A push's document, XML or JSON as chosen in WeChat's console, as fields of text. */
import { readJson } from "./json.ts";
import { skipBlanks } from "./text.ts";
import { readXml } from "./xml.ts";

/** What stands directly in the document. All values are text: a MsgId has 64 bits, more than a JavaScript number holds. */
export type PushFields = Readonly<Record<string, string>>;

/** Reads what can be read of a document. Null: nothing. */
export function readFields(text: string): PushFields | null {
  const isJson = text.charAt(skipBlanks(text, 0)) === "{";
  const fields = isJson ? readJson(text) : readXml(text);
  return fields.size === 0 ? null : Object.fromEntries(fields);
}

/** A field without the blanks around it; null when it is absent. */
export function textField(fields: PushFields, name: string): string | null {
  return Object.hasOwn(fields, name) ? (fields[name]?.trim() ?? null) : null;
}
