/**
 * What followers type, paste and forward, as WeChat passes it on: bytes that XML forbids, markup, halves of characters.
 * https://www.w3.org/TR/xml/#charsets lists what XML allows.
 */
import { concatenate, utf8 } from "./bytes.ts";

export interface OddText {
  readonly about: string;
  readonly bytes: Uint8Array;
}

const odd = (about: string, ...parts: (string | number[])[]): OddText => ({
  about,
  bytes: concatenate(parts.map((part) => (typeof part === "string" ? utf8(part) : part))),
});

/** All of C0 but the three that XML allows (tab, line feed, carriage return) and zero. */
const FORBIDDEN = Array.from({ length: 31 }, (_, index) => index + 1).filter(
  (code) => ![0x09, 0x0a, 0x0d].includes(code),
);

export const ODD_TEXTS = {
  "control-characters": odd(
    "0x02, 0x10 and 0x1d, as seen in the wild",
    "a",
    [0x02],
    "b",
    [0x10],
    "c",
    [0x1d],
  ),
  "all-controls": odd("every control character that XML forbids", FORBIDDEN, [0x7f]),
  zero: odd("a zero byte", "a", [0], "b"),
  "cdata-end": odd("]]> inside", "a]]>b"),
  "cdata-end-alone": odd("nothing but ]]>", "]]>"),
  "cdata-breakout": odd(
    "]]>, then fields of the follower's own",
    "]]></Content><MediaId><![CDATA[from-the-follower]]></MediaId><MsgType><![CDATA[event",
  ),
  "cdata-begin": odd("<![CDATA[ inside", "a<![CDATA[b"),
  "cut-character": odd("a Chinese character cut after two of its three bytes", "清风", [0xe6, 0xb8]),
  "cut-emoji": odd("an emoji cut after three of its four bytes", "ok", [0xf0, 0x9f, 0x98]),
  "lone-continuation": odd("bytes that no character begins with", [0x80, 0xbf], "a", [0xff, 0xfe]),
  surrogate: odd("half a surrogate pair, as three bytes", [0xed, 0xa0, 0xbd]),
  noncharacters: odd("U+FFFE and U+FFFF", "a\ufffe\uffff"),
  "byte-order-mark": odd("U+FEFF in front and inside", "\ufeffa\ufeff"),
  emoji: odd("emoji with joiners and flags", "👩‍👩‍👧🇨🇳😀"),
  "line-breaks": odd("every kind of line break", "\r\n\n\r\u0085\u2028\u2029"),
  blanks: odd("blanks of all kinds in front and behind", " \t\u00a0\u3000text\u200b \n"),
  entities: odd("entities, known and unknown", "&lt;&#2;&#x1d;&nosuch;&"),
  tags: odd("elements of pushes", "<xml><Encrypt>x</Encrypt><MsgType>event</MsgType></xml>"),
  comment: odd(
    "a comment, an instruction and a declaration",
    '<!-- a -- b --><?xml?><!DOCTYPE x [<!ENTITY y "z">]>',
  ),
  json: odd("JSON", '{"MsgType":"voice","MediaId":"from-the-follower"}'),
  quotes: odd("quotes and backslashes", '"\'\\\\"\\u0000\\'),
  empty: odd("nothing", ""),
  long: odd("six thousand Chinese characters", "长".repeat(6_000)),
} as const satisfies Record<string, OddText>;

export type OddTextName = keyof typeof ODD_TEXTS;
