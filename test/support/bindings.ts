/** Variables and secrets of the Worker under test, in the shape of `wrangler secret put`. Runs in Node. */
import { createHash } from "node:crypto";
import * as accounts from "./accounts.ts";

const sha256 = (key: string) => createHash("sha256").update(key).digest("hex");

export const BINDINGS = {
  WECHAT_APP_ID: accounts.APP_ID,
  WECHAT_APP_SECRET: accounts.APP_SECRET,
  WECHAT_ACCOUNTS: JSON.stringify([{ appId: accounts.OTHER_APP_ID, secret: accounts.OTHER_APP_SECRET }]),
  WECHAT_API_ORIGINS: "https://api.weixin.qq.com,https://api2.weixin.qq.com",
  API_KEYS: JSON.stringify([
    { id: "reader", sha256: sha256(accounts.READER_KEY), scopes: ["voices:read"] },
    { id: "operator", sha256: sha256(accounts.OPERATOR_KEY), scopes: ["voices:read", "accounts:read"] },
    { id: "scopeless", sha256: sha256(accounts.SCOPELESS_KEY), scopes: ["accounts:read"] },
    {
      id: "backend",
      sha256: sha256(accounts.BACKEND_KEY),
      scopes: ["links:create", "fetches:create", "fetches:read"],
    },
    {
      id: "other-app",
      sha256: sha256(accounts.OTHER_APP_KEY),
      scopes: ["voices:read"],
      apps: [accounts.OTHER_APP_ID],
    },
  ]),
  LINK_KEYS: JSON.stringify(accounts.LINK_KEYS),
  WEBHOOK_SECRETS: accounts.WEBHOOK_SECRETS.join(","),
  CALLBACK_HOSTS: "hooks.example.com",
  JOB_BACKOFF_SECONDS: "0",
};
