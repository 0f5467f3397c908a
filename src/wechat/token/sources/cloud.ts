/**
 * Accounts behind WeChat's cloud hosting: their calls go to an origin inside it, without a token, or carry a
 * `cloudbase_access_token`, which lives 30 minutes and is pushed from inside every 10 (`PUT /v1/token`).
 * https://developers.weixin.qq.com/miniprogram/dev/wxcloudrun/src/guide/weixin/open.html
 */
import * as z from "zod/mini";
import { ServiceError } from "../../../errors.ts";
import { appIdSchema, originSchema } from "../../../schema.ts";
import { defineSource } from "./define.ts";
import { createPushedSource } from "./pushed.ts";

export const cloud = defineSource({
  kind: "cloud",
  fields: {
    /** The origin inside; no default would be reachable. */
    apiOrigins: z.array(originSchema).check(z.minLength(1, "must name at least one origin")),
    /** What the calls carry. Default `none`: the origin adds it. */
    carries: z.optional(z.enum(["none", "cloudbase_access_token"])),
    /** The account meant, where several share the cloud environment. */
    fromAppId: z.optional(appIdSchema),
  },
  tokenParameter: ({ carries }) => (carries === "cloudbase_access_token" ? carries : null),
  mediaQuery: ({ fromAppId }) => (fromAppId === undefined ? {} : { from_appid: fromAppId }),
  takesPushes: ({ carries }) => carries === "cloudbase_access_token",
  create: (account, world) =>
    account.carries === "cloudbase_access_token"
      ? createPushedSource(world)
      : {
          renewLeadMs: 0,
          forceable: false,
          async fetchToken() {
            throw new ServiceError(
              "request-invalid",
              `The account ${account.appId} has no token: its calls go into WeChat's cloud hosting without one.`,
            );
          },
        },
});
