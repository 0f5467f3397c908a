/** What is answered in the endpoint's place. */
import { type Answer, pageAnswer, textAnswer, withType } from "./answer.ts";
import type { Desk } from "./desk.ts";
import { WechatError } from "./errors.ts";
import type { IncomingCall } from "./incoming-call.ts";
import type { REPLACING, RuleOf } from "./misbehaviour.ts";
import { hang } from "./sleep.ts";

const REFUSALS = { revoked: 40001, malformed: 40014, expired: 42001 } as const;
/** Where WeChat's own answers point to; nothing is there. */
const VIDEO_URL = "http://vweixinf.tc.qq.com/102/20202/snsvideodownload?filekey=simulated&bizid=1023";

/** Thrown out of `handle` as fetch would throw; the Node server destroys the socket on it. */
export class NetworkFailure extends TypeError {}

/** The answer that a replacing rule gives instead of the endpoint, with the texts of the API that was called. */
export async function replacement(
  rule: RuleOf<(typeof REPLACING)[number]>,
  call: IncomingCall,
  desk: Desk,
): Promise<Answer> {
  switch (rule.kind) {
    case "hang":
      return hang(call.signal);
    case "network-failure":
      throw new NetworkFailure("simulated: network failure");
    case "status":
      return pageAnswer(rule.status, "text/html", `<html><h1>${rule.status}</h1>simulated</html>`);
    case "html-page":
      return pageAnswer(200, "text/html; charset=utf-8", "<!DOCTYPE html><title>simulated</title>");
    case "token-refused":
      return desk.refuse(new WechatError(REFUSALS[rule.because]), call);
    case "errcode": {
      const answer = desk.refuse(new WechatError(rule.errcode, rule.errmsg), call);
      return rule.contentType === undefined ? answer : withType(answer, rule.contentType);
    }
    case "video-url":
      return textAnswer("text/plain", JSON.stringify({ video_url: VIDEO_URL }));
    case "ok-without-media":
      return textAnswer(desk.jsonType, JSON.stringify({ errcode: 0, errmsg: "ok" }));
    case "body": {
      const { contentType = desk.jsonType } = rule;
      return withType(textAnswer(desk.jsonType, rule.text), contentType);
    }
  }
}
