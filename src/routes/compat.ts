/** WeChat's own calls below /cgi-bin, for SDKs that are pointed at this gateway (docs/sdks.md). */
import type { Context } from "hono";
import { WECHAT_CALLS } from "../api/compat.ts";
import { mayUseAccount } from "../auth/api-key.ts";
import { sendRepresentation } from "../http/representation.ts";
import { WechatRefusal } from "../http/wechat-answer.ts";
import type { AppEnv } from "../middleware/app-env.ts";
import { giveGatewayTokens, giveVoices } from "../middleware/services.ts";
import { readSettings } from "../middleware/settings.ts";
import { findInCorp, type GatewayTokens } from "../services/gateway-tokens.ts";
import { FORMAT_NAMES, parseVoiceName } from "../voice/format.ts";
import { JOINED_FORMATS, openJoined, parseJoinedName } from "../voice/joined.ts";
import type { Voice } from "../voice/voice.ts";
import { wantsOf } from "./voices.ts";
import { answer, inWechatsManner } from "./wechat-manner.ts";

const NOT_KEPT = { "cache-control": "no-store" };

export const compat = inWechatsManner(
  [readSettings, giveGatewayTokens],
  answer(WECHAT_CALLS.getVoice, sendVoice, giveVoices),
  answer(WECHAT_CALLS.getMedia, sendVoice, giveVoices),
  answer(WECHAT_CALLS.getToken, async (c, asked) => c.json(await give(c, asked, "any"), 200, NOT_KEPT)),
  answer(WECHAT_CALLS.getStableToken, async (c, asked, { force_refresh }) =>
    c.json(await give(c, asked, force_refresh === true ? "fresh" : "any"), 200, NOT_KEPT),
  ),
  answer(WECHAT_CALLS.getCorpToken, async (c, { corpid, corpsecret }) => {
    const token = await issue(c, corpsecret, findInCorp(c.get("config"), corpid), "any");
    return c.json({ errcode: 0, errmsg: "ok", ...token }, 200, NOT_KEPT);
  }),
);

async function sendVoice(
  c: Context<AppEnv>,
  { media_id }: { readonly media_id: string },
  { format: wish }: Readonly<Record<string, unknown>>,
): Promise<Response> {
  const name = wish === undefined ? media_id : `${media_id}.${wish}`;
  const voice = await (name.includes(",")
    ? openJoined(c.get("voices"), parseJoinedName(name, JOINED_FORMATS))
    : open(c, name));
  const headers = new Headers({
    "content-disposition": `attachment; filename="${voice.mediaId}.${voice.suffix}"`,
    "cache-control": "no-cache, must-revalidate",
    "cache-status": `hdvoice; ${voice.cacheStatus}`,
  });
  return sendRepresentation(c.req.raw, voice, headers);
}

function open(c: Context<AppEnv>, name: string): Promise<Voice> {
  const { mediaId, format } = parseVoiceName(name, FORMAT_NAMES);
  return c.get("voices").open(mediaId, format ?? "speex", wantsOf(c.req.raw));
}

async function give(
  c: Context<AppEnv>,
  { grant_type, appid, secret }: Readonly<Record<"grant_type" | "appid" | "secret", string>>,
  age: "any" | "fresh",
) {
  if (grant_type !== "client_credential") {
    throw new WechatRefusal("request-invalid", 40002, "It must be client_credential.");
  }
  return issue(
    c,
    secret,
    async (apiKey) => (mayUseAccount(apiKey, appid) ? c.get("findAccount")(appid) : null),
    age,
  );
}

async function issue(c: Context<AppEnv>, ...asked: Parameters<GatewayTokens["issue"]>) {
  const { apiKey, account, token } = await c.get("gatewayTokens").issue(...asked);
  c.set("caller", apiKey);
  c.set("account", account);
  return { access_token: token.value, expires_in: token.expiresInSeconds };
}
