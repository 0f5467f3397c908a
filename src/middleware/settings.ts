/** Gives a request the settings, checked, and the way to look up an account. Fails while a setting is wrong. */
import type { MiddlewareHandler } from "hono";
import { configOf } from "../config/config.ts";
import { findAccount } from "../wechat/accounts.ts";
import type { AppEnv } from "./app-env.ts";

export const readSettings: MiddlewareHandler<AppEnv> = async function readSettings(c, next) {
  const config = configOf(c.env);
  c.set("config", config);
  c.set("findAccount", (appId) => findAccount(c.env.TOKENS, config, appId));
  await next();
};
