import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readFields, textField } from "../../../src/wechat/push/fields.ts";

/** What a follower may have typed or said, or what came of it on its way. */
const TEXTS = [
  "hello",
  "\x00\x02\x0b\x0c\x10\x1d\x1f\x7f\x85",
  "\ufffd\ufffe\uffff\ufeff\ud800",
  "]]>",
  "]]]]>>",
  "a]]><b",
  "]]><!-- ",
  "]]><!DOCTYPE x [",
  "]]><?x",
  "]]></xml>",
  "]]></MsgType>",
  "]]></Recognition",
  "]]><![CDATA[",
  '"quoted" \\ {"MsgType":"text"}',
  "&amp; &bogus; <b>",
  " \r\n\t ",
];

const xmlWith = (text: string) =>
  `<xml><MsgType><![CDATA[voice]]></MsgType><Recognition><![CDATA[${text}]]></Recognition>
<MsgId>7250021412600020993</MsgId><MediaId16K><![CDATA[voice-16k]]></MediaId16K></xml>`;

/** As raw as it can be: nothing but quotes and backslashes is escaped. */
const jsonWith = (text: string) =>
  `{"MsgType":"voice","Recognition":"${text.replace(/["\\]/g, "\\$&")}","MsgId":7250021412600020993,"MediaId16K":"voice-16k"}`;

describe.each([
  ["XML", xmlWith],
  ["JSON", jsonWith],
])("fields of %s", (_, documentWith) => {
  it.each(TEXTS.map((text) => [JSON.stringify(text), text]))(
    "are all there around the text %s",
    (_, text) => {
      const rest = { MsgType: "voice", MsgId: "7250021412600020993", MediaId16K: "voice-16k" };
      const { Recognition, ...others } = readFields(documentWith(text)) ?? {};
      expect(others).toEqual(rest);
      expect(Recognition).toBe(documentWith === xmlWith ? text.replace("]]><![CDATA[", "") : text);
    },
  );

  it("behind a text of any characters are all there", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 200 }), (text) => {
        const fields = readFields(documentWith(text)) ?? {};
        return fields.MediaId16K === "voice-16k" && fields.MsgId === "7250021412600020993";
      }),
    );
  });

  it("are given as far as the text goes, and none that is broken off", () => {
    const whole = documentWith("hello");
    const names = Object.keys(readFields(whole) ?? {});
    for (let length = 0; length < whole.length; length++) {
      const fields = readFields(whole.slice(0, length)) ?? {};
      expect(Object.keys(fields)).toEqual(names.slice(0, Object.keys(fields).length));
      expect(readFields(whole)).toMatchObject(fields);
    }
  });

  it("can be read whatever comes", () => {
    const pieces = fc.constantFrom(
      "<",
      ">",
      "/",
      "!",
      "<![CDATA[",
      "]]>",
      "{",
      "}",
      "[",
      '"',
      ":",
      ",",
      "\\",
      "a",
      " ",
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 60 }), (parts) => {
        for (const text of [parts.join(""), `<a>${parts.join("")}`, `{"a":${parts.join("")}`]) {
          for (const value of Object.values(readFields(text) ?? {})) expect(typeof value).toBe("string");
        }
      }),
    );
  });
});

describe("fields", () => {
  it("keep a 64-bit MsgId whole, in JSON and in XML", () => {
    expect(readFields('{"MsgId":7250021412600020993}')).toEqual({ MsgId: "7250021412600020993" });
    expect(readFields("<xml><MsgId>7250021412600020993</MsgId></xml>")).toEqual({
      MsgId: "7250021412600020993",
    });
  });

  it("are those directly in the document, and of two with one name the first", () => {
    const xml = "<xml><A><MsgType>1</MsgType><C/></A><MsgType>2</MsgType><MsgType>3</MsgType><D></D></xml>";
    expect(readFields(xml)).toEqual({ MsgType: "2", D: "" });
    const json =
      '{"A":{"MsgType":"1","b":[{"c":"]}"}]},"MsgType":"2","MsgType":"3","N":null,"T":true,"D":""}';
    expect(readFields(json)).toEqual({ MsgType: "2", D: "" });
  });

  it("can't be put in by a follower in the place of those in front", () => {
    const typed = "]]></Content><MsgType><![CDATA[voice]]></MsgType><MediaId>m</MediaId><Content><![CDATA[";
    const xml = `<xml><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[${typed}]]></Content></xml>`;
    expect(readFields(xml)).toMatchObject({ MsgType: "text" });
  });

  it("have the blanks around them taken off", () => {
    const xml = "\ufeff <?xml version='1.0'?>\r\n<xml>\n <A> 1 </A>\n<B >\t<![CDATA[ b ]]>\n</B >\n</xml>";
    const fields = readFields(xml) ?? {};
    expect([textField(fields, "A"), textField(fields, "B")]).toEqual(["1", "b"]);
    expect(readFields('\ufeff\n{ "A" : " 1 " ,\n"B":2 }')).toEqual({ A: " 1 ", B: "2" });
  });

  it("read JSON's escapes, also half of a pair", () => {
    expect(readFields('{"A":"\\u4f60\\n\\/\\"\\\\","B":"\\ud83d"}')).toEqual({ A: '你\n/"\\', B: "\ud83d" });
  });

  it.each([
    ["that look like more of JSON", '{"MsgType":"text","B":"x"}'],
    ["and end in a backslash", "a\\"],
    ["and end in an escaped quote", 'a\\\\"'],
    ["and close everything", 'a"}]}'],
  ])("are all there behind characters that were not escaped %s", (_, raw) => {
    const fields = readFields(`{"MsgType":"voice","A":"${raw}", "MsgId":7 , "B":"b"}`);
    expect(fields).toMatchObject({ MsgType: "voice", MsgId: "7" });
  });

  it("hold what stands behind a quote that was not escaped", () => {
    expect(readFields('{"A":"she said "hi" twice","B":"b"}')).toEqual({ A: 'she said "hi" twice', B: "b" });
  });

  it("take nothing from entities of the document's own", () => {
    const bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]><xml><B>&a;</B></xml>';
    expect(readFields(bomb)).toEqual({ B: "&a;" });
  });

  it("have no inherited names", () => {
    expect(textField(readFields('{"a":"b"}') ?? {}, "constructor")).toBeNull();
    expect(textField(readFields('{"__proto__":"b"}') ?? {}, "__proto__")).toBe("b");
  });

  it("end at a limit of elements and of depth", () => {
    const many = `<xml>${"<a/>".repeat(2_000)}<B>b</B></xml>`;
    const deep = `<xml><A>a</A>${"<c>".repeat(100)}${"</c>".repeat(100)}<B>b</B></xml>`;
    expect(readFields(many)).toEqual({ a: "" });
    expect(readFields(deep)).toEqual({ A: "a" });
    expect(readFields(`{"A":"a",${'"x":1,'.repeat(2_000)}"B":"b"}`)).toEqual({ A: "a", x: "1" });
  });
});
