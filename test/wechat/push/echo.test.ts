import { describe, expect, it } from "vitest";
import { answerCheck } from "../../../src/wechat/push/echo.ts";
import type { PushReceiver } from "../../../src/wechat/push/receiver.ts";
import { readClaim, signPush } from "../../../src/wechat/push/signature.ts";
import { utf8 } from "../../../tools/simulator/bytes.ts";
import { encrypt } from "../../../tools/simulator/push-cipher.ts";
import { APP_ID, CHECK, ENCRYPTED, KEY, SAFE_POST, TOKEN } from "./vectors.ts";

const push = { token: TOKEN, encodingAesKey: KEY };
const ACCOUNT: PushReceiver = { appId: APP_ID, push, encryptsEcho: false };
const WORK: PushReceiver = { ...ACCOUNT, encryptsEcho: true };

function check(query: Readonly<Record<string, string>>, receiver: PushReceiver) {
  const claim = readClaim(new URLSearchParams(query));
  if (!claim) throw new Error("no claim");
  return answerCheck(claim, query.echostr ?? "", [receiver]);
}

/** WeCom's check, with this text encrypted. */
async function workCheck(text: string) {
  const echostr = await encrypt(utf8(text), APP_ID, KEY);
  const { timestamp, nonce } = CHECK;
  return { timestamp, nonce, echostr, msg_signature: await signPush([TOKEN, timestamp, nonce, echostr]) };
}

describe("the console's check of the URL", () => {
  it("gets back the echo of WeChat's own page", async () => {
    expect(await check(CHECK, ACCOUNT)).toEqual({ kind: "echo", echo: CHECK.echostr });
  });

  it("gets WeCom's echo back decrypted", async () => {
    const query = await workCheck("1616140317555161061");
    expect(await check(query, WORK)).toEqual({ kind: "echo", echo: "1616140317555161061" });
  });

  it("has nothing decrypted for anybody but WeCom", async () => {
    expect(await check(await workCheck("1616140317555161061"), ACCOUNT)).toEqual({ kind: "forged" });
  });

  it("gets nothing for a wrong signature", async () => {
    expect(await check({ ...CHECK, nonce: "1" }, ACCOUNT)).toEqual({ kind: "forged" });
  });

  it("never opens a push that was captured, which carries the same signatures", async () => {
    const captured = { ...SAFE_POST, echostr: ENCRYPTED };
    expect(JSON.stringify(await check(captured, ACCOUNT))).not.toContain("debug_demo");
    expect(await check(captured, WORK)).toEqual({ kind: "unsigned" });
  });

  it.each([
    "<xml><Content>hello</Content></xml>",
    '{"Content":"hello"}',
    "[1]",
    " ",
    "a\nb",
    "",
    "x".repeat(300),
  ])("never gives out %o", async (text) => {
    expect(await check(await workCheck(text), WORK)).toEqual({ kind: "unsigned" });
    expect(await check({ ...CHECK, echostr: text }, ACCOUNT)).toEqual({ kind: "unsigned" });
  });
});
