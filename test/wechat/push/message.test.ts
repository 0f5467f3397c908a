import { describe, expect, it } from "vitest";
import { openPush, type PushVerdict } from "../../../src/wechat/push/message.ts";
import type { PushReceiver } from "../../../src/wechat/push/receiver.ts";
import { readClaim, signPush } from "../../../src/wechat/push/signature.ts";
import { APP_ID, ENCRYPTED, FIELDS, KEY, MESSAGE, PLAIN_POST, REPLY, SAFE_POST, TOKEN } from "./vectors.ts";

const PLAIN: PushReceiver = { appId: APP_ID, push: { token: TOKEN }, encryptsEcho: false };
const SAFE: PushReceiver = { ...PLAIN, push: { token: TOKEN, encodingAesKey: KEY } };
const ENVELOPE = JSON.stringify({ ToUserName: "gh_97417a04a28d", Encrypt: ENCRYPTED });

type Query = Readonly<Record<string, string>>;

async function open(query: Query, body: string, ...receivers: PushReceiver[]): Promise<PushVerdict> {
  const claim = readClaim(new URLSearchParams(query));
  if (!claim) throw new Error("no claim");
  return openPush(claim, new TextEncoder().encode(body), receivers);
}

describe("WeChat's own vectors", () => {
  it("open a plain message, whose signature must not be used again", async () => {
    expect(await open(PLAIN_POST, MESSAGE, PLAIN)).toEqual({
      kind: "genuine",
      receiver: PLAIN,
      fields: FIELDS,
      singleUse: PLAIN_POST.signature,
    });
  });

  it.each([
    ["JSON", ENVELOPE],
    ["JSON with escaped slashes", ENVELOPE.replaceAll("/", "\\/")],
    ["XML", `<xml><ToUserName>gh_1</ToUserName><Encrypt><![CDATA[${ENCRYPTED}]]></Encrypt></xml>`],
    ["XML without CDATA", `<xml><Encrypt>${ENCRYPTED}</Encrypt></xml>`],
    ["XML with blanks", `\ufeff\r\n<xml>\n<Encrypt>\n <![CDATA[ ${ENCRYPTED}\n]]>\t</Encrypt>\n</xml>\n`],
  ])("open a message in safe mode, as %s", async (_, body) => {
    expect(await open(SAFE_POST, body, SAFE)).toEqual({
      kind: "genuine",
      receiver: SAFE,
      fields: FIELDS,
      singleUse: null,
    });
  });

  it("sign the reply", async () => {
    expect(await signPush([TOKEN, "1713424427", "415670741", REPLY.encrypted])).toBe(REPLY.signature);
  });
});

describe("compatible mode", () => {
  const both = JSON.stringify({ MsgType: "text", Content: "plain", Encrypt: ENCRYPTED });

  it("is taken as plain where only a Token is set", async () => {
    const timely = { ...SAFE_POST, ...PLAIN_POST };
    expect(await open(timely, both, PLAIN)).toMatchObject({
      kind: "genuine",
      fields: { Content: "plain" },
      singleUse: PLAIN_POST.signature,
    });
  });

  it("is taken by its encrypted half where a key is set", async () => {
    expect(await open(SAFE_POST, both, SAFE)).toMatchObject({ fields: FIELDS, singleUse: null });
  });

  it.each([
    ["before", `<Content><![CDATA[<Encrypt>AAAA</Encrypt>]]></Content><Encrypt>${ENCRYPTED}</Encrypt>`],
    ["behind", `<Encrypt>${ENCRYPTED}</Encrypt><Content><![CDATA[<Encrypt>AAAA</Encrypt>]]></Content>`],
  ])("is found also where a follower has typed such a field %s it", async (_, inside) => {
    expect(await open(SAFE_POST, `<xml>${inside}</xml>`, SAFE)).toMatchObject({ kind: "genuine" });
  });
});

describe("a push that is not what it should be", () => {
  it.each<[string, Query, string]>([
    ["a wrong signature", { ...SAFE_POST, msg_signature: "0".repeat(40) }, ENVELOPE],
    [
      "only the signature that leaves the body out",
      { ...SAFE_POST, msg_signature: SAFE_POST.signature },
      ENVELOPE,
    ],
    ["another nonce", { ...SAFE_POST, nonce: "415670742" }, ENVELOPE],
    ["another ciphertext", SAFE_POST, JSON.stringify({ Encrypt: REPLY.encrypted })],
    ["a plain body with a wrong signature", { ...PLAIN_POST, nonce: "1" }, MESSAGE],
  ])("is forged with %s", async (_, query, body) => {
    expect(await open(query, body, SAFE)).toEqual({ kind: "forged" });
  });

  it("is for somebody else where another appId is inside", async () => {
    expect(await open(SAFE_POST, ENVELOPE, { ...SAFE, appId: "wx-another" })).toEqual({
      kind: "misaddressed",
    });
  });

  it("is not opened with another key", async () => {
    const push = { token: TOKEN, encodingAesKey: "B".repeat(43) };
    expect(await open(SAFE_POST, ENVELOPE, { ...SAFE, push })).toEqual({ kind: "undecipherable" });
  });

  it("is refused when it is plain, though a key is set: its signature covers no body", async () => {
    expect(await open(PLAIN_POST, MESSAGE, SAFE)).toEqual({ kind: "unprotected" });
  });

  it.each<[string, Query]>([
    ["with both signatures", SAFE_POST],
    ["with the encrypted text's alone, as WeCom sends it", { ...SAFE_POST, signature: "" }],
  ])("is refused for want of a key where none is set, %s", async (_, query) => {
    expect(await open(query, ENVELOPE, PLAIN)).toEqual({ kind: "keyless" });
  });

  it.each(["", "hello", "[1]", "<xml></xml>", "null", "\0"])(
    "is genuine and says nothing as %o",
    async (text) => {
      expect(await open(PLAIN_POST, text, PLAIN)).toMatchObject({ kind: "genuine", fields: null });
    },
  );

  it("is opened with the former key while WeChat still uses it", async () => {
    const push = { token: TOKEN, encodingAesKey: "B".repeat(43), previousEncodingAesKey: KEY };
    expect(await open(SAFE_POST, ENVELOPE, { ...SAFE, push })).toMatchObject({ kind: "genuine" });
  });

  it("is opened for the receiver whose Token signed it", async () => {
    const other = { appId: "wx-another", push: { token: "BBBBB", encodingAesKey: KEY }, encryptsEcho: false };
    expect(await open(SAFE_POST, ENVELOPE, other, SAFE)).toMatchObject({ kind: "genuine", receiver: SAFE });
  });
});
