/** The body of a push, byte by byte: what a follower typed is put in as it is, whether XML or JSON allows it or not. */
import { concatenate, utf8 } from "./bytes.ts";

/** Text; a number, 64 bits and more; or bytes, which may be no UTF-8 at all. */
export type PushValue = string | number | bigint | Uint8Array;

export type PushFields = Readonly<Record<string, PushValue>>;

export interface BodyStyle {
  readonly format: "xml" | "json";
  /** Put between the tags of `Encrypt` and what is in them, and round the whole document. Default: none. */
  readonly blanks?: string;
  /** Whether `Encrypt` is in a CDATA section, in XML. Default `cdata`. */
  readonly encryptAs?: "cdata" | "text";
}

export function writeBody(fields: PushFields, style: BodyStyle): Uint8Array<ArrayBuffer> {
  const blanks = utf8(style.blanks ?? "");
  const document = style.format === "xml" ? toXml(fields, style) : toJson(fields, style);
  return concatenate([blanks, document, blanks]);
}

function toXml(fields: PushFields, style: BodyStyle): Uint8Array {
  const elements = Object.entries(fields).map(([name, value], index) =>
    concatenate([utf8(`${index > 0 ? "\n" : ""}<${name}>`), content(name, value, style), utf8(`</${name}>`)]),
  );
  return concatenate([utf8("<xml>"), ...elements, utf8("</xml>")]);
}

/** No character is escaped, and no `]]>`: what WeChat puts into CDATA is what was typed. */
function content(
  name: string,
  value: PushValue,
  { blanks = "", encryptAs = "cdata" }: BodyStyle,
): Uint8Array {
  if (typeof value === "number" || typeof value === "bigint") return utf8(String(value));
  const bytes = typeof value === "string" ? utf8(value) : value;
  const isEncrypt = name === "Encrypt";
  const section =
    isEncrypt && encryptAs === "text" ? bytes : concatenate([utf8("<![CDATA["), bytes, utf8("]]>")]);
  return isEncrypt ? concatenate([utf8(blanks), section, utf8(blanks)]) : section;
}

/** A 64-bit MsgId is a number there, with all its digits. Text is escaped, bytes are not. */
function toJson(fields: PushFields, { blanks = "" }: BodyStyle): Uint8Array {
  const members = Object.entries(fields).map(([name, value], index) => {
    const key = utf8(`${index > 0 ? "," : ""}"${name}":`);
    if (value instanceof Uint8Array) return concatenate([key, utf8('"'), value, utf8('"')]);
    const text = typeof value === "string" ? JSON.stringify(value) : String(value);
    return concatenate([key, utf8(name === "Encrypt" ? `${blanks}${text}${blanks}` : text)]);
  });
  return concatenate([utf8("{"), ...members, utf8("}")]);
}
