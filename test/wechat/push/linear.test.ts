import { describe, expect, it } from "vitest";
import { findEncrypted } from "../../../src/wechat/push/envelope.ts";
import { readFields } from "../../../src/wechat/push/fields.ts";

/** A text that counts how many of its characters are looked at, however that is done. */
class CountedText extends String {
  looks = 0;

  override charAt(at: number): string {
    this.looks++;
    return super.charAt(at);
  }

  override charCodeAt(at: number): number {
    this.looks++;
    return super.charCodeAt(at);
  }

  override indexOf(wanted: string, from = 0): number {
    const found = super.indexOf(wanted, from);
    this.looks += (found === -1 ? this.length : found) - from + wanted.length;
    return found;
  }

  override startsWith(wanted: string, at = 0): boolean {
    let same = 0;
    while (same < wanted.length && super.charCodeAt(at + same) === wanted.charCodeAt(same)) same++;
    this.looks += same + 1;
    return super.startsWith(wanted, at);
  }

  override slice(from: number, to: number): string {
    this.looks += to - from;
    return super.slice(from, to);
  }
}

function looksPerCharacter(read: (text: string) => unknown, text: string): number {
  const counted = new CountedText(text);
  read(counted as unknown as string);
  return counted.looks / text.length;
}

/** Texts that make a reader go back, each as long as wanted. */
const filled = (start: string, piece: string, length: number) =>
  start + piece.repeat(Math.max(1, Math.floor((length - start.length) / piece.length)));
const HOSTILE: Readonly<Record<string, (length: number) => string>> = {
  "elements that are empty": (length) => filled("<x>", "<a/>", length),
  "elements that never end": (length) => filled("<x>", "<a>", length),
  "ends of nothing": (length) => filled("<x>", "</a>", length),
  brackets: (length) => filled("", "<", length),
  "brackets and blanks": (length) => filled("", "< ", length),
  "line breaks": (length) => filled("", "\r", length),
  "sections that never end": (length) => filled("<x>", "<a><![CDATA[", length),
  "a section with many ends": (length) => filled("<x><a><![CDATA[", "]]>", length),
  "a section with blanks behind its ends": (length) =>
    filled("<x><a><![CDATA[", `]]>${" ".repeat(50)}`, length),
  "sections in one section": (length) => filled("<x><a><![CDATA[", "]]></b><![CDATA[", length),
  "a long name that nearly ends": (length) => {
    const name = "n".repeat(length / 8);
    return filled(`<x><${name}><![CDATA[`, `]]></${name}x>`, length);
  },
  attributes: (length) => filled("<x ", "a=1 ", length),
  comments: (length) => filled("<x>", "<!--", length),
  "envelopes that are empty": (length) => filled("<x>", "<Encrypt>", length),
  "envelopes with blanks": (length) => filled("<x>", `<Encrypt>${" ".repeat(50)}`, length),
  "envelopes that never end": (length) => filled("<x>", `<Encrypt>${"A".repeat(50)} `, length),
  envelopes: (length) => filled("<x>", "<Encrypt>AAAA</Encrypt>", length),
  "objects in objects": (length) => filled("{", '"a":{', length),
  "lists in lists": (length) => filled('{"a":', "[", length),
  quotes: (length) => filled("{", '"', length),
  "quotes and blanks": (length) => filled('{"', `a"${" ".repeat(50)}`, length),
  backslashes: (length) => filled('{"', "\\", length),
  members: (length) => filled("{", '"a":1,', length),
  "envelopes of JSON that are empty": (length) => filled("{", '"Encrypt":"",', length),
  "envelopes of JSON with blanks": (length) => filled("{", `"Encrypt"${" ".repeat(50)}`, length),
  "envelopes of JSON that never end": (length) => filled("{", '"Encrypt":"AAAAAAAA ', length),
};

describe.each(Object.entries(HOSTILE))("%s", (_, textOf) => {
  it.each([
    ["looked through for an envelope", findEncrypted],
    ["read", readFields],
  ])("are %s with a few looks at each character, however many", (_name, read) => {
    for (const length of [1_024, 8_192, 65_536]) {
      expect(looksPerCharacter(read, textOf(length))).toBeLessThan(8);
    }
  });
});
