/**
 * An account that has authorised a third-party platform: the platform gets its tokens (wechat/platform/). Such an
 * account needs no entry among the settings; one is for those that must be there from the start, or have their own
 * hosts.
 */
import { appIdSchema } from "../../../schema.ts";
import { ACCESS_TOKEN, defineSource, NEVER } from "./define.ts";
import { LAST_MINUTES_MS } from "./stable.ts";

export const authorizer = defineSource({
  kind: "authorizer",
  fields: {
    /** The platform, one of WECHAT_PLATFORMS. */
    componentAppId: appIdSchema,
  },
  tokenParameter: ACCESS_TOKEN,
  takesPushes: NEVER,
  create: ({ appId, componentAppId }, { authorizerToken }) => ({
    renewLeadMs: LAST_MINUTES_MS,
    forceable: false,
    fetchToken: () => authorizerToken(componentAppId, appId),
  }),
});
