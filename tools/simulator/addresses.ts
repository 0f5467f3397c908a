/**
 * The addresses that WeChat pushes from. Any token that works opens it, and nothing is counted.
 * https://developers.weixin.qq.com/doc/offiaccount/Basic_Information/Get_the_WeChat_server_IP_address.html
 */
import { jsonAnswer } from "./answer.ts";
import { accountByToken, type Endpoint } from "./endpoint.ts";
import { WechatError } from "./errors.ts";

export const ADDRESSES_PATH = "/cgi-bin/getcallbackip";
/** For documentation (RFC 5737). */
export const PUSH_ADDRESSES = ["192.0.2.1", "198.51.100.0/25"];

export const ADDRESS_ENDPOINTS: Readonly<Record<string, Endpoint>> = {
  [ADDRESSES_PATH]: (call, world) => {
    if (call.method !== "GET") throw new WechatError(43001);
    accountByToken(call, world);
    return jsonAnswer({ ip_list: PUSH_ADDRESSES });
  },
};
