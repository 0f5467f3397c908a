import { describe, expect, it } from "vitest";
import { decryptPush, encryptPush } from "../../../src/wechat/push/cipher.ts";
import { parseFields, textField } from "../../../src/wechat/push/fields.ts";
import { answerCheck, openPush, signPush } from "../../../src/wechat/push/message.ts";

/**
 * The vectors of WeChat's own page: token, key, appId, and what it computes with them.
 * https://developers.weixin.qq.com/miniprogram/dev/framework/server-ability/message-push.html
 */
const TOKEN = "AAAAA";
const KEY = "A".repeat(43);
const APP_ID = "wxba5fad812f8e6fb9";
const PLAIN = { appId: APP_ID, push: { token: TOKEN } };
const SAFE = { appId: APP_ID, push: { token: TOKEN, encodingAesKey: KEY } };

const CHECK = query({
  signature: "f464b24fc39322e44b38aa78f5edd27bd1441696",
  echostr: "4375120948345356249",
  timestamp: "1714036504",
  nonce: "1514711492",
});
const PLAIN_POST = query({
  signature: "899cf89e464efb63f54ddac96b0a0a235f53aa78",
  timestamp: "1714037059",
  nonce: "486452656",
});
const SAFE_POST = query({
  signature: "6c5c811b55cc85e0e1b54100749188c20beb3f5d",
  timestamp: "1714112445",
  nonce: "415670741",
  encrypt_type: "aes",
  msg_signature: "046e02f8204d34f8ba5fa3b1db94908f3df2e9b3",
});
const ENCRYPTED =
  "+qdx1OKCy+5JPCBFWw70tm0fJGb2Jmeia4FCB7kao+/Q5c/ohsOzQHi8khUOb05JCpj0JB4RvQMkUyus8TPxLKJGQqcvZqzDpVzazhZv6JsXUnnR8XGT740XgXZUXQ7vJVnAG+tE8NUd4yFyjPy7GgiaviNrlCTj+l5kdfMuFUPpRSrfMZuMcp3Fn2Pede2IuQrKEYwKSqFIZoNqJ4M8EajAsjLY2km32IIjdf8YL/P50F7mStwntrA2cPDrM1kb6mOcfBgRtWygb3VIYnSeOBrebufAlr7F9mFUPAJGj04=";
const MESSAGE =
  '{"ToUserName":"gh_97417a04a28d","FromUserName":"o9AgO5Kd5ggOC-bXrbNODIiE3bGY","CreateTime":1714112445,"MsgType":"event","Event":"debug_demo","debug_str":"hello world"}';
const REPLY = {
  encrypted: "ELGduP2YcVatjqIS+eZbp80MNLoAUWvzzyJxgGzxZO/5sAvd070Bs6qrLARC9nVHm48Y4hyRbtzve1L32tmxSQ==",
  message: '{"demo_resp":"good luck"}',
  signature: "1b9339964ed2e271e7c7b6ff2b0ef902fc94dea1",
};

function query(fields: Record<string, string>): URLSearchParams {
  return new URLSearchParams(fields);
}

function changed(params: URLSearchParams, fields: Record<string, string>): URLSearchParams {
  const copy = new URLSearchParams(params);
  for (const [name, value] of Object.entries(fields)) copy.set(name, value);
  return copy;
}

describe("WeChat's own vectors", () => {
  it("answer the console's check of the URL", async () => {
    expect(await answerCheck(CHECK, PLAIN)).toBe("4375120948345356249");
  });

  it("open a plain message", async () => {
    const verdict = await openPush(PLAIN_POST, MESSAGE, PLAIN);
    expect(verdict).toMatchObject({ kind: "genuine", fields: { Event: "debug_demo" } });
  });

  it.each([
    ["JSON", JSON.stringify({ ToUserName: "gh_97417a04a28d", Encrypt: ENCRYPTED })],
    ["XML", `<xml><ToUserName>gh_97417a04a28d</ToUserName><Encrypt><![CDATA[${ENCRYPTED}]]></Encrypt></xml>`],
  ])("open a message in safe mode, as %s", async (_, body) => {
    expect(await openPush(SAFE_POST, body, SAFE)).toEqual({
      kind: "genuine",
      fields: {
        ToUserName: "gh_97417a04a28d",
        FromUserName: "o9AgO5Kd5ggOC-bXrbNODIiE3bGY",
        CreateTime: "1714112445",
        MsgType: "event",
        Event: "debug_demo",
        debug_str: "hello world",
      },
    });
  });

  it("decrypt to message and appId, 19 bytes of padding included", async () => {
    expect(await decryptPush(ENCRYPTED, KEY)).toEqual({ message: MESSAGE, appId: APP_ID });
  });

  it("decrypt the reply and sign it", async () => {
    expect(await decryptPush(REPLY.encrypted, KEY)).toEqual({ message: REPLY.message, appId: APP_ID });
    expect(await signPush([TOKEN, "1713424427", "415670741", REPLY.encrypted])).toBe(REPLY.signature);
  });
});

describe("the cipher", () => {
  it("opens what it encrypts, for every length of padding", async () => {
    for (let length = 0; length < 70; length++) {
      const message = "é".repeat(length);
      const encrypted = await encryptPush({ message, appId: APP_ID }, KEY);
      expect(await decryptPush(encrypted, KEY)).toEqual({ message, appId: APP_ID });
    }
  });

  it.each([
    ["another key", ENCRYPTED, "B".repeat(43)],
    ["a cut text", ENCRYPTED.slice(0, 64), KEY],
    ["what is no base64", "%%%", KEY],
    ["nothing", "", KEY],
    ["half a block", "QUJD", KEY],
  ])("gives nothing for %s", async (_, encrypted, key) => {
    expect(await decryptPush(encrypted, key)).toBeNull();
  });
});

describe("a push that is not what it should be", () => {
  const body = JSON.stringify({ Encrypt: ENCRYPTED });

  it.each([
    ["a wrong signature", changed(SAFE_POST, { msg_signature: "0".repeat(40) }), body],
    ["no signature", changed(SAFE_POST, { msg_signature: "" }), body],
    [
      "only the signature that leaves the body out",
      changed(SAFE_POST, { msg_signature: SAFE_POST.get("signature") ?? "" }),
      body,
    ],
    ["another nonce", changed(SAFE_POST, { nonce: "415670742" }), body],
    ["another ciphertext", SAFE_POST, JSON.stringify({ Encrypt: REPLY.encrypted })],
    ["a plain body with a wrong signature", changed(PLAIN_POST, { nonce: "1" }), MESSAGE],
  ])("is refused as forged with %s", async (_, params, text) => {
    expect(await openPush(params, text, SAFE)).toEqual({ kind: "forged" });
  });

  it("is refused as forged when it is for another account", async () => {
    const receiver = { ...SAFE, appId: "wx-another" };
    expect(await openPush(SAFE_POST, body, receiver)).toEqual({ kind: "forged" });
  });

  it("is refused when it is plain, though a key is set: its signature covers no body", async () => {
    expect(await openPush(PLAIN_POST, MESSAGE, SAFE)).toEqual({ kind: "unprotected" });
  });

  it.each(["", "hello", "[1]", "<xml><a></xml>", "null"])("is unreadable as %o", async (text) => {
    expect(await openPush(PLAIN_POST, text, PLAIN)).toEqual({ kind: "unreadable" });
  });

  it("gets no echo for a wrong signature", async () => {
    expect(await answerCheck(changed(CHECK, { timestamp: "1" }), PLAIN)).toBeNull();
  });

  it("is opened with the former key while WeChat still uses it", async () => {
    const push = { token: TOKEN, encodingAesKey: "B".repeat(43), previousEncodingAesKey: KEY };
    expect(await openPush(SAFE_POST, body, { appId: APP_ID, push })).toMatchObject({ kind: "genuine" });
  });
});

describe("fields", () => {
  it("keep a 64-bit MsgId whole, in JSON and in XML", () => {
    const json = parseFields('{"MsgId":7250021412600020993}');
    const xml = parseFields("<xml><MsgId>7250021412600020993</MsgId></xml>");
    expect(json).toEqual({ MsgId: "7250021412600020993" });
    expect(xml).toEqual(json);
  });

  it("read nested elements, lists, entities and empty CDATA", () => {
    const text = "<xml><A><B>1</B><B>2</B></A><C>a &amp; b</C><D><![CDATA[]]></D></xml>";
    expect(parseFields(text)).toEqual({ A: { B: ["1", "2"] }, C: "a & b", D: "" });
  });

  it("don't expand entities of the document's own", () => {
    const bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]><xml><B>&a;</B></xml>';
    expect(parseFields(bomb)).toBeNull();
  });

  it("have no inherited names", () => {
    expect(textField(parseFields("{}") ?? {}, "constructor")).toBeNull();
  });
});
