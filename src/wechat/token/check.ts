/**
 * Whether WeChat takes a token: asked before a report that it was refused is believed, so that a false report does no harm to
 * others. `getcallbackip` needs only a token, changes nothing, has no daily quota among those that WeChat lists
 * (unlike the downloads), is open to every kind of account and platform, and exists at WeCom under the same path.
 * https://developers.weixin.qq.com/doc/offiaccount/Basic_Information/Get_the_WeChat_server_IP_address.html
 * https://developer.work.weixin.qq.com/document/path/90930
 */
import * as z from "zod/mini";
import { ServiceError } from "../../errors.ts";
import { askWechat } from "../ask.ts";
import { REFUSED_TOKEN_ERRCODES } from "../errcodes.ts";
import type { Transport } from "../transport.ts";
import { type Account, dialectOf, tokenParameterOf } from "./sources/registry.ts";

/** `unknown`: WeChat gave no answer that says anything of the token. */
export type Standing = "works" | "refused" | "unknown";
export type TokenCheck = (token: string) => Promise<Standing>;

const PATH = "/cgi-bin/getcallbackip";
const ADDRESSES = z.object({ ip_list: z.array(z.unknown()) });
/** Somebody waits for the voice that the token is for. */
const PATIENCE = { answerTimeoutMs: 3_000, stallTimeoutMs: 3_000, attemptsPerOrigin: 1 };

export function createTokenCheck(account: Account, transport: Transport): TokenCheck {
  const hurried = { ...transport, patience: { ...transport.patience, ...PATIENCE } };
  return async function check(token) {
    const parameter = tokenParameterOf(account);
    // Where the media is asked for, since it is there that the token was refused.
    const [origin] = transport.hosts.healthyFirst(account.apiOrigins, transport.nowMs());
    if (parameter === null || origin === undefined) return "unknown";
    const question = { origins: [origin], path: PATH, query: { [parameter]: token }, answer: ADDRESSES };
    try {
      await askWechat({ ...question, dialect: dialectOf(account) }, hurried);
      return "works";
    } catch (error) {
      if (error instanceof ServiceError) return standingBy(error);
      throw error;
    }
  };
}

/** If WeChat says that a quota is used up, or a permission is missing, it has accepted the token. */
function standingBy({ code, wechat }: ServiceError): Standing {
  if (!wechat) return "unknown";
  if (REFUSED_TOKEN_ERRCODES.has(wechat.errcode)) return "refused";
  return code === "rate-limited" || code === "wechat-permission" ? "works" : "unknown";
}
