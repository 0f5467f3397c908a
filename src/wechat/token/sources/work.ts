/**
 * WeCom (企业微信): `GET /cgi-bin/gettoken` on qyapi.weixin.qq.com. One token per app of a corp; asking again gives
 * the same token until it has ended. https://developer.work.weixin.qq.com/document/path/91039
 */
import * as z from "zod/mini";
import { appIdSchema, secretSchema } from "../../../schema.ts";
import { askWechat, TOKEN_ANSWER } from "../../ask.ts";
import { tokenOf } from "../lifetime.ts";
import { ACCESS_TOKEN, defineSource, NEVER } from "./define.ts";

export const work = defineSource({
  kind: "work",
  fields: {
    secret: secretSchema,
    /** Where two apps of one corp are accounts here, their appIds differ and this is the same. Default the appId. */
    corpId: z.optional(appIdSchema),
  },
  defaultOrigins: ["https://qyapi.weixin.qq.com"],
  tokenParameter: ACCESS_TOKEN,
  dialect: "work",
  takesPushes: NEVER,
  create: (account, { transport }) => ({
    renewLeadMs: 0,
    forceable: false,
    async fetchToken() {
      const askedAtMs = transport.nowMs();
      const answer = await askWechat(
        {
          origins: [account.tokenOrigin],
          path: "/cgi-bin/gettoken",
          query: { corpid: account.corpId ?? account.appId, corpsecret: account.secret },
          answer: TOKEN_ANSWER,
          dialect: "work",
        },
        transport,
      );
      return tokenOf(answer.access_token, answer.expires_in, askedAtMs);
    },
  }),
});
