/**
 * `POST /cgi-bin/stable_token` (getStableAccessToken). In normal mode, asking twice gives the same token, so two
 * programs don't take it from each other as they would with `/cgi-bin/token`.
 * https://developers.weixin.qq.com/doc/service/api/base/api_getstableaccesstoken
 */
import { secretSchema } from "../../../schema.ts";
import { askWechat, TOKEN_ANSWER } from "../../ask.ts";
import { tokenOf } from "../lifetime.ts";
import { ACCESS_TOKEN, defineSource, NEVER } from "./define.ts";

/** In its last five minutes the successor is handed out; half a minute is left for clocks that differ. */
export const LAST_MINUTES_MS = 270_000;

export const stable = defineSource({
  kind: "stable",
  fields: { secret: secretSchema },
  tokenParameter: ACCESS_TOKEN,
  takesPushes: NEVER,
  create: (account, { transport }) => ({
    renewLeadMs: LAST_MINUTES_MS,
    forceable: true,
    async fetchToken(mode) {
      const askedAtMs = transport.nowMs();
      const answer = await askWechat(
        {
          origins: [account.tokenOrigin],
          path: "/cgi-bin/stable_token",
          body: {
            grant_type: "client_credential",
            appid: account.appId,
            secret: account.secret,
            force_refresh: mode === "force",
          },
          answer: TOKEN_ANSWER,
        },
        transport,
      );
      return tokenOf(answer.access_token, answer.expires_in, askedAtMs);
    },
  }),
});
