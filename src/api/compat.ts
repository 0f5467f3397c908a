/**
 * WeChat's own calls that are answered here, as data: below /cgi-bin and in WeChat's manner, for SDKs that are pointed at
 * this gateway. Source of parameters and errcodes: the interfaces' pages on developers.weixin.qq.com and
 * developer.work.weixin.qq.com.
 */
import type { OwnErrcode } from "../http/wechat-answer.ts";

export interface WechatCall {
  /** Below /cgi-bin. */
  readonly path: `/${string}`;
  /** GET answers HEAD too. */
  readonly methods: readonly ("GET" | "POST")[];
  /** What `access_token` must be, before anything else is looked at; null: it has none. */
  readonly token: "gateway" | null;
  /** Where the other parameters stand. */
  readonly takes: "query" | "json";
  /** What must be there, in the order in which it is asked for, and the errcode where it isn't. */
  readonly required: Readonly<Record<string, OwnErrcode>>;
}

/** Bodies of a few fields. */
export const MAX_CALL_BYTES = 4_096;

/** PowerWeChat sends POST. */
const VOICE = {
  methods: ["GET", "POST"],
  token: "gateway",
  takes: "query",
  required: { media_id: 41006 },
} as const;

export const WECHAT_CALLS = {
  getVoice: { path: "/media/get/jssdk", ...VOICE },
  /** The only download that many SDKs know. WeChat answers it with 8 kHz AMR, this gateway with the same voice as above. */
  getMedia: { path: "/media/get", ...VOICE },
  getToken: {
    path: "/token",
    methods: ["GET", "POST"],
    token: null,
    takes: "query",
    required: { grant_type: 40002, appid: 41002, secret: 41004 },
  },
  getStableToken: {
    path: "/stable_token",
    methods: ["POST"],
    token: null,
    takes: "json",
    required: { grant_type: 40002, appid: 41002, secret: 41004 },
  },
  /** WeCom's. */
  getCorpToken: {
    path: "/gettoken",
    methods: ["GET", "POST"],
    token: null,
    takes: "query",
    required: { corpid: 41002, corpsecret: 41004 },
  },
} as const satisfies Readonly<Record<string, WechatCall>>;
