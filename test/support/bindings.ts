/** Variables and secrets of the Worker under test, in the shape of `wrangler secret put`. Runs in Node. */
import { createHash } from "node:crypto";
import * as accounts from "./accounts.ts";

const sha256 = (key: string) => createHash("sha256").update(key).digest("hex");

export const BINDINGS = {
  WECHAT_APP_ID: accounts.APP_ID,
  WECHAT_APP_SECRET: accounts.APP_SECRET,
  WECHAT_ACCOUNTS: JSON.stringify([
    { appId: accounts.OTHER_APP_ID, secret: accounts.OTHER_APP_SECRET, push: accounts.SAFE_PUSH },
    {
      appId: accounts.CLASSIC_APP_ID,
      source: "classic",
      secret: accounts.SOURCE_SECRET,
      tokenOrigin: accounts.RELAY_ORIGIN,
      relaySecret: accounts.RELAY_SECRET,
    },
    { appId: accounts.CORP_ID, source: "work", secret: accounts.SOURCE_SECRET, push: accounts.WORK_PUSH },
    {
      appId: accounts.REMOTE_APP_ID,
      source: "remote",
      url: `${accounts.REMOTE_ORIGIN}/wechat/token`,
      rotateUrl: `${accounts.REMOTE_ORIGIN}/wechat/token/rotate`,
      headers: { authorization: accounts.REMOTE_AUTHORIZATION },
      tokenPath: "data.token",
      expiresInPath: "data.ttl",
    },
    { appId: accounts.PUSHED_APP_ID, source: "pushed", push: accounts.PLAIN_PUSH },
    {
      appId: accounts.LISTED_MERCHANT_APP_ID,
      source: "authorizer",
      componentAppId: accounts.PLATFORM_ID,
    },
    {
      appId: accounts.CLOUD_APP_ID,
      source: "cloud",
      apiOrigins: [accounts.CLOUD_ORIGIN],
      fromAppId: accounts.CLOUD_APP_ID,
    },
    {
      appId: accounts.CLOUD_TOKEN_APP_ID,
      source: "cloud",
      carries: "cloudbase_access_token",
      apiOrigins: ["https://api.weixin.qq.com"],
    },
  ]),
  WECHAT_PLATFORMS: JSON.stringify([
    { appId: accounts.PLATFORM_ID, secret: accounts.PLATFORM_SECRET, push: accounts.PLATFORM_PUSH },
  ]),
  WECHAT_API_ORIGINS: "https://api.weixin.qq.com,https://api2.weixin.qq.com",
  API_KEYS: JSON.stringify([
    { id: "reader", sha256: sha256(accounts.READER_KEY), scopes: ["voices:read"] },
    { id: "listener", sha256: sha256(accounts.LISTENER_KEY), scopes: ["voices:transcribe"] },
    {
      id: "dictation",
      sha256: sha256(accounts.DICTATION_KEY),
      scopes: ["fetches:create", "fetches:read", "voices:transcribe"],
    },
    { id: "operator", sha256: sha256(accounts.OPERATOR_KEY), scopes: ["voices:read", "accounts:read"] },
    { id: "deleter", sha256: sha256(accounts.DELETER_KEY), scopes: ["voices:delete"] },
    { id: "reporter", sha256: sha256(accounts.REPORTER_KEY), scopes: ["token:rotate"] },
    { id: "signer", sha256: sha256(accounts.SIGNER_KEY), scopes: ["jsapi:sign"] },
    {
      id: "token",
      sha256: sha256(accounts.TOKEN_KEY),
      scopes: ["token:read", "token:rotate", "token:push"],
    },
    { id: "compat", sha256: sha256(accounts.COMPAT_KEY), scopes: ["compat"] },
    {
      id: "other-compat",
      sha256: sha256(accounts.OTHER_COMPAT_KEY),
      scopes: ["compat"],
      apps: [accounts.OTHER_APP_ID],
    },
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
  CALLBACK_SECRETS: accounts.CALLBACK_SECRETS.join(","),
  JSAPI_PAGE_ORIGINS: accounts.PAGE_ORIGIN,
  TRANSCRIBER_URL: `https://${accounts.TRANSCRIBER_HOST}/v1/audio/transcriptions`,
  TRANSCRIBER_KEY: accounts.TRANSCRIBER_KEY,
  TRANSCRIBER_MODEL: "whisper-1",
  CALLBACK_HOSTS: "hooks.example.com",
  JOB_BACKOFF_SECONDS: "0",
};
