/**
 * WeCom (企业微信), host qyapi.weixin.qq.com: `gettoken` and getHDVoice's twin. It says `"errcode":0` on success,
 * and errors in the headers too. https://developer.work.weixin.qq.com/document/path/91039 and 90391
 */
import type { Account } from "./account.ts";
import { type Answer, errorAnswer, jsonAnswer } from "./answer.ts";
import type { Endpoint, World } from "./endpoint.ts";
import { errmsg, WechatError } from "./errors.ts";
import type { IncomingCall } from "./incoming-call.ts";
import { recordingAnswer } from "./media.ts";

const WORK_HOST = "qyapi.weixin.qq.com";
const TOKEN_PATH = "/cgi-bin/gettoken";
const JSON_TYPE = "application/json; charset=UTF-8";

export const WORK_ENDPOINTS: Readonly<Record<string, Endpoint>> = {
  [TOKEN_PATH]: inWords(giveToken),
  "/cgi-bin/media/get/jssdk": inWords(giveRecording),
};

/** Behind one socket there is no host to tell: there the path does, or whose token it is. */
export function isAtWork(call: IncomingCall, world: World): boolean {
  if (call.host.endsWith("weixin.qq.com")) return call.host === WORK_HOST;
  const owner = call.accessToken && world.tokens.ownerOf(call.accessToken);
  return call.path === TOKEN_PATH || (!!owner && world.accounts.get(owner)?.kind === "work");
}

function giveToken(call: IncomingCall, world: World): Answer {
  if (call.method !== "GET") throw new WechatError(43001);
  const corpId = call.query.get("corpid");
  const secret = call.query.get("corpsecret");
  if (!corpId) throw new WechatError(41002, "corpid missing");
  if (!secret) throw new WechatError(41004, "corpsecret missing");
  const account = world.accounts.get(corpId);
  if (account?.kind !== "work") throw new WechatError(40013, "invalid corpid");
  checkAddress(account, call);
  try {
    account.checkSecret(secret);
  } catch {
    throw new WechatError(40001, "invalid credential");
  }
  if (account.quotas.token.take(call.nowMs) === "spent") throw new WechatError(45009);
  const token = world.tokens.currentUntilEnd(account, call.nowMs);
  const answer = jsonAnswer({
    errcode: 0,
    errmsg: "ok",
    access_token: token.value,
    expires_in: Math.ceil((token.expiresAtMs - call.nowMs) / 1000),
  });
  return { ...answer, headers: { "content-type": JSON_TYPE } };
}

function giveRecording(call: IncomingCall, world: World): Answer {
  if (call.method !== "GET") throw new WechatError(43001);
  if (!call.accessToken) throw new WechatError(41001);
  const account = world.accounts.get(checkToken(call.accessToken, call, world));
  if (account?.kind !== "work") throw new WechatError(40014);
  checkAddress(account, call);
  if (!call.mediaId) throw new WechatError(41006);
  const recording = world.recordings.find(account.appId, call.mediaId, "jssdk", call.nowMs);
  if (!recording) throw new WechatError(40007);
  return recordingAnswer(recording);
}

/** WeCom knows no "not the latest": a token that was replaced is simply invalid. */
function checkToken(value: string, call: IncomingCall, world: World): string {
  try {
    return world.tokens.check(value, call.nowMs);
  } catch (error) {
    throw error instanceof WechatError && error.errcode === 40001 ? new WechatError(40014) : error;
  }
}

function checkAddress(account: Account, call: IncomingCall): void {
  try {
    account.checkAddress(call.clientIp, "secret-call");
  } catch {
    throw new WechatError(60020, `not allow to access from your ip, from ip: ${call.clientIp}`);
  }
}

/** Errors with WeCom's headers, and without the `rid` tail that Official Accounts have. */
function inWords(endpoint: Endpoint): Endpoint {
  return (call, world) => {
    try {
      return endpoint(call, world);
    } catch (error) {
      if (!(error instanceof WechatError)) throw error;
      const [text = ""] = errmsg(error, call.nowMs).split(" rid:");
      const more = `, more info at https://open.work.weixin.qq.com/devtool/query?e=${error.errcode}`;
      const headers = {
        "content-type": JSON_TYPE,
        server: "nginx",
        "error-code": String(error.errcode),
        "error-msg": `${text}${more}`,
      };
      return { ...errorAnswer(error, call.nowMs), headers };
    }
  };
}
