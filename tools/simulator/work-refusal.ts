/**
 * How WeCom says no: HTTP 200 and JSON like WeChat, but with the code in the headers too, no `rid`, and the caller's address.
 * The headers were seen in the wild, and so were those texts that aren't WeChat's.
 */
import { type Answer, errorAnswer, withBody } from "./answer.ts";
import { utf8 } from "./bytes.ts";
import { randomHex, type WechatError } from "./errors.ts";
import type { IncomingCall } from "./incoming-call.ts";

export const WORK_JSON_TYPE = "application/json; charset=UTF-8";

/** Where WeCom has other words than WeChat, or a code that only WeCom has. */
const MESSAGES: Readonly<Record<number, string>> = {
  40001: "invalid credential",
  40013: "invalid corpid",
  40058: "invalid Request Parameter",
  40082: "invalid suite_access_token",
  41002: "corpid missing",
  41004: "corpsecret missing",
  42009: "suite_access_token expired",
  45009: "api freq out of limit",
  45033: "api concurrent out of limit",
  60011: "no privilege to access/modify contact/party/agent",
  60020: "not allow to access from your ip",
  301002: "not allow operate another agent with this accesstoken",
};

export function workErrorAnswer(error: WechatError, { nowMs, clientIp }: IncomingCall): Answer {
  const text = error.said ?? MESSAGES[error.errcode] ?? error.message;
  const hint = `${Math.floor(nowMs / 1000)}_160_${randomHex(32)}`;
  const more = `https://open.work.weixin.qq.com/devtool/query?e=${error.errcode}`;
  const errmsg = `${text}, hint: [${hint}], from ip: ${clientIp}, more info at ${more}`;
  const headers = {
    "content-type": WORK_JSON_TYPE,
    server: "nginx",
    "error-code": String(error.errcode),
    "error-msg": errmsg,
  };
  const answer = { ...errorAnswer(error, nowMs), headers };
  return withBody(answer, utf8(JSON.stringify({ errcode: error.errcode, errmsg })));
}
