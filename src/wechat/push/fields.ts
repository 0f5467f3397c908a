/** The body of a push, XML or JSON as chosen in WeChat's console, as fields of text. */
import { parseXml, XmlElement, XmlText } from "@rgrove/parse-xml";

/** All values are text: a MsgId has 64 bits, more than a JavaScript number holds. */
export interface PushFields {
  readonly [name: string]: string | PushFields | readonly (string | PushFields)[];
}

/** Parses a body. Null: neither an XML document nor a JSON object. */
export function parseFields(body: string): PushFields | null {
  const text = body.trim();
  try {
    return text.startsWith("<") ? fromXml(text) : fromJson(text);
  } catch {
    return null;
  }
}

/** A field of text; null when it is absent or not text. */
export function textField(fields: PushFields, name: string): string | null {
  const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
  return typeof value === "string" ? value : null;
}

function fromXml(text: string): PushFields | null {
  const { root } = parseXml(text);
  const fields = root && valueOfElement(root);
  return typeof fields === "object" ? fields : null;
}

function valueOfElement(element: XmlElement): string | PushFields {
  const children = element.children.filter((child) => child instanceof XmlElement);
  if (children.length === 0) {
    return element.children.map((child) => (child instanceof XmlText ? child.text : "")).join("");
  }
  const fields: Record<string, PushFields[string]> = {};
  for (const child of children) {
    const before = Object.hasOwn(fields, child.name) ? fields[child.name] : undefined;
    const value = valueOfElement(child);
    // A repeated name is a list.
    fields[child.name] = before === undefined ? value : [before, value].flat();
  }
  return fields;
}

function fromJson(text: string): PushFields | null {
  // Not in the standard library's types yet: the third argument holds the number as it was written.
  const asWritten = (_key: string, value: unknown, context?: { source?: string }) =>
    typeof value === "number" ? (context?.source ?? String(value)) : value;
  const value: unknown = JSON.parse(text, asWritten as Parameters<typeof JSON.parse>[1]);
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as PushFields) : null;
}
