import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { textMessage, voiceMessage } from "../../../tools/simulator/message.ts";
import { ODD_TEXTS } from "../../../tools/simulator/odd-texts.ts";
import {
  createPush,
  createUrlCheck,
  type PushStyle,
  requestOf,
} from "../../../tools/simulator/push-request.ts";
import { decrypt, encryptIn } from "./opened-push.ts";
import { NOON_MS } from "./support.ts";

const APP_ID = "wxba5fad812f8e6fb9";
const TARGET = {
  url: "https://gateway.test/wechat/push/x?kept=1",
  token: "AAAAA",
  encodingAesKey: "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
};
const MODES = ["plain", "compatible", "safe"] as const;
const FORMATS = ["xml", "json"] as const;
const STYLES = MODES.flatMap((mode) => FORMATS.map((format): PushStyle => ({ mode, format })));

/** Bytes as text that loses none of them. */
const latin1 = (bytes: Uint8Array) => Buffer.from(bytes).toString("latin1");
const sha1 = (parts: string[]) => createHash("sha1").update(parts.sort().join("")).digest("hex");

/** The message that a push brings, whatever it is wrapped in. */
async function messageIn({ body }: { body: Uint8Array }, { mode }: PushStyle): Promise<string> {
  if (mode !== "safe") return latin1(body);
  return latin1((await decrypt(encryptIn(latin1(body)), TARGET.encodingAesKey)).message);
}

describe("a follower's message", () => {
  it.each(STYLES)("comes with the bytes that were typed, %o", async (style) => {
    for (const [name, { bytes }] of Object.entries(ODD_TEXTS)) {
      const push = await createPush(TARGET, APP_ID, textMessage(NOON_MS, bytes), NOON_MS, style);
      const typed = latin1(bytes);
      const content =
        style.format === "xml" ? `<Content><![CDATA[${typed}]]></Content>` : `"Content":"${typed}"`;
      expect(await messageIn(push, style), name).toContain(content);
      expect(latin1(new Uint8Array(await requestOf(push).arrayBuffer()))).toBe(latin1(push.body));
    }
  });

  it.each(STYLES)("that is text is escaped as JSON asks for, and in XML not at all, %o", async (style) => {
    const fields = voiceMessage(NOON_MS, "m1", { Recognition: '\u0002"]]>' });
    const message = await messageIn(await createPush(TARGET, APP_ID, fields, NOON_MS, style), style);
    if (style.format === "json") expect(message).toContain('"Recognition":"\\u0002\\"]]>"');
    else expect(message).toContain('<Recognition><![CDATA[\u0002"]]>]]></Recognition>');
  });

  it("has its fields in WeChat's order, and a MsgId of 64 bits that is another each time", async () => {
    const [first, second] = [voiceMessage(NOON_MS, "m1"), voiceMessage(NOON_MS, "m1")];
    expect(Object.keys(first)).toEqual([
      ...["ToUserName", "FromUserName", "CreateTime", "MsgType"],
      ...["MediaId", "Format", "Recognition", "MsgId", "MediaId16K"],
    ]);
    expect(first).toMatchObject({ CreateTime: NOON_MS / 1000, MediaId: "m1", MediaId16K: "m1-16k" });
    expect(first.MsgId as bigint).toBeGreaterThan(BigInt(Number.MAX_SAFE_INTEGER));
    expect(first.MsgId).not.toBe(second.MsgId);
  });

  it("in compatible mode stands plain and encrypted side by side", async () => {
    const style: PushStyle = { mode: "compatible", format: "xml" };
    const { body } = await createPush(TARGET, APP_ID, voiceMessage(NOON_MS, "m1"), NOON_MS, style);
    expect(latin1(body)).toMatch(/<MediaId>.*<\/MediaId>\n[\s\S]*<Encrypt>.*<\/Encrypt><\/xml>$/);
    const opened = await decrypt(encryptIn(latin1(body)), TARGET.encodingAesKey);
    expect(opened.appId).toBe(APP_ID);
    expect(latin1(opened.message)).toContain("<MediaId><![CDATA[m1]]></MediaId>");
  });

  it("in safe mode tells whom it is for, and nothing else", async () => {
    const style: PushStyle = { mode: "safe", format: "xml" };
    const { body } = await createPush(TARGET, APP_ID, voiceMessage(NOON_MS, "m1"), NOON_MS, style);
    expect(latin1(body).match(/<\w+>/g)).toEqual(["<xml>", "<ToUserName>", "<Encrypt>"]);
  });

  it.each(["\n", " \t\r\n  "])("may have blanks round Encrypt and round the document: %j", async (blanks) => {
    for (const format of FORMATS) {
      for (const encryptAs of ["cdata", "text"] as const) {
        const style: PushStyle = { mode: "safe", format, blanks, encryptAs };
        const { url, body } = await createPush(TARGET, APP_ID, voiceMessage(NOON_MS, "m1"), NOON_MS, style);
        const text = latin1(body);
        const open = { cdata: "<![CDATA[", text: "" }[encryptAs];
        expect(text).toContain(format === "xml" ? `<Encrypt>${blanks}${open}` : `"Encrypt":${blanks}"`);
        expect(text.startsWith(blanks) && text.endsWith(blanks)).toBe(true);
        // The signature is of the text alone.
        const { timestamp = "", nonce = "", msg_signature } = Object.fromEntries(new URL(url).searchParams);
        expect(msg_signature).toBe(sha1([TARGET.token, timestamp, nonce, encryptIn(text)]));
      }
    }
  });
});

describe("the query of a push", () => {
  const queryOf = async (style: PushStyle, nowMs = NOON_MS) => {
    const push = await createPush(TARGET, APP_ID, voiceMessage(NOON_MS, "m1"), nowMs, style);
    return Object.fromEntries(new URL(push.url).searchParams);
  };
  const PLAIN: PushStyle = { mode: "plain", format: "xml" };
  const SAFE: PushStyle = { mode: "safe", format: "xml" };

  it("has WeChat's parameters, and a signature that fits", async () => {
    const plain = await queryOf(PLAIN);
    expect(Object.keys(plain)).toEqual(["kept", "signature", "timestamp", "nonce", "openid"]);
    expect(plain.signature).toBe(sha1([TARGET.token, plain.timestamp ?? "", plain.nonce ?? ""]));
    const safe = await queryOf(SAFE);
    expect(Object.keys(safe)).toEqual([...Object.keys(plain), "encrypt_type", "msg_signature"]);
  });

  it("has WeCom's parameters where WeCom sends it", async () => {
    expect(Object.keys(await queryOf({ ...SAFE, sender: "work" }))).toEqual([
      ...["kept", "timestamp", "nonce", "msg_signature"],
    ]);
  });

  it("of a stranger has no signature, or one that fits nothing", async () => {
    for (const mode of MODES) {
      const none = await queryOf({ ...SAFE, mode, signature: "none" });
      expect(Object.keys(none).filter((name) => name.includes("signature"))).toEqual([]);
      const wrong = await queryOf({ ...SAFE, mode, signature: "wrong" });
      const right = sha1([TARGET.token, wrong.timestamp ?? "", wrong.nonce ?? ""]);
      expect(wrong.signature).toMatch(/^[0-9a-f]{40}$/);
      expect(wrong.signature).not.toBe(right);
    }
  });

  it("is old where the push is, and has the nonce it is given", async () => {
    const { timestamp, nonce } = await queryOf({ ...PLAIN, nonce: "7" }, NOON_MS - 3_600_000);
    expect([timestamp, nonce]).toEqual([String(NOON_MS / 1000 - 3600), "7"]);
    expect((await queryOf(PLAIN)).nonce).not.toBe((await queryOf(PLAIN)).nonce);
  });

  it("and the body are the same each time a push is sent again", async () => {
    const push = await createPush(TARGET, APP_ID, voiceMessage(NOON_MS, "m1"), NOON_MS, SAFE);
    const [first, second] = [requestOf(push), requestOf(push)];
    expect(second.url).toBe(first.url);
    expect(await second.text()).toBe(await first.text());
  });
});

/** WeChat's own test data. */
describe("the check of a URL", () => {
  it("is signed as WeChat's page has it", async () => {
    const check = await createUrlCheck(TARGET, "4375120948345356249", 1_714_036_504_000, {
      nonce: "1514711492",
    });
    expect(check.method).toBe("GET");
    expect(Object.fromEntries(new URL(check.url).searchParams)).toEqual({
      kept: "1",
      signature: "f464b24fc39322e44b38aa78f5edd27bd1441696",
      timestamp: "1714036504",
      nonce: "1514711492",
      echostr: "4375120948345356249",
    });
  });

  it("by WeCom, or with the Encrypt of a push that was seen, is signed over its echo", async () => {
    const encrypted =
      "+qdx1OKCy+5JPCBFWw70tm0fJGb2Jmeia4FCB7kao+/Q5c/ohsOzQHi8khUOb05JCpj0JB4RvQMkUyus8TPxLKJGQqcvZqzDpVzazhZv6JsXUnnR8XGT740XgXZUXQ7vJVnAG+tE8NUd4yFyjPy7GgiaviNrlCTj+l5kdfMuFUPpRSrfMZuMcp3Fn2Pede2IuQrKEYwKSqFIZoNqJ4M8EajAsjLY2km32IIjdf8YL/P50F7mStwntrA2cPDrM1kb6mOcfBgRtWygb3VIYnSeOBrebufAlr7F9mFUPAJGj04=";
    const check = await createUrlCheck(TARGET, encrypted, 1_714_112_445_000, {
      sender: "work",
      nonce: "415670741",
    });
    const query = Object.fromEntries(new URL(check.url).searchParams);
    expect(query.msg_signature).toBe("046e02f8204d34f8ba5fa3b1db94908f3df2e9b3");
    expect(query.signature).toBeUndefined();
    const { appId, message } = await decrypt(query.echostr ?? "", "A".repeat(43));
    expect(appId).toBe(APP_ID);
    expect(latin1(message)).toContain('"Event":"debug_demo"');
  });
});
