/** WeChat's way of showing who one is: `?access_token=…`. */
import type { MiddlewareHandler } from "hono";
import { WechatRefusal } from "../http/wechat-answer.ts";
import { parametersIn } from "../http/wechat-url.ts";
import type { AppEnv } from "./app-env.ts";

/** Sets `caller` and `account` from a token of this gateway, or refuses. */
export const requireGatewayToken: MiddlewareHandler<AppEnv> = async function requireGatewayToken(c, next) {
  const token = parametersIn(c.req.url).get("access_token") ?? "";
  if (token === "") throw new WechatRefusal("unauthorized", 41001, "Ask /cgi-bin/token for one.");
  const { apiKey, account } = await c.get("gatewayTokens").open(token);
  c.set("caller", apiKey);
  c.set("account", account);
  await next();
};
