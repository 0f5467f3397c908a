/**
 * `GET /cgi-bin/token` (getAccessToken). Every call ends the former token, five minutes later: right only where
 * nobody else asks for this account's tokens.
 */
import { secretSchema } from "../../../schema.ts";
import { askWechat, TOKEN_ANSWER } from "../../ask.ts";
import { tokenOf } from "../lifetime.ts";
import { ACCESS_TOKEN, defineSource, NEVER } from "./define.ts";
import { LAST_MINUTES_MS } from "./stable.ts";

export const classic = defineSource({
  kind: "classic",
  fields: { secret: secretSchema },
  tokenParameter: ACCESS_TOKEN,
  takesPushes: NEVER,
  create: (account, { transport }) => ({
    renewLeadMs: LAST_MINUTES_MS,
    // Every call is one.
    forceable: false,
    async fetchToken() {
      const askedAtMs = transport.nowMs();
      const answer = await askWechat(
        {
          origins: [account.tokenOrigin],
          path: "/cgi-bin/token",
          query: { grant_type: "client_credential", appid: account.appId, secret: account.secret },
          answer: TOKEN_ANSWER,
        },
        transport,
      );
      return tokenOf(answer.access_token, answer.expires_in, askedAtMs);
    },
  }),
});
