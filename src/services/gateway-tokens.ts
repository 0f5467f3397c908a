/** Who gets a gateway token, for which account, and who may use one. */
import { holderOf, mayUseAccount } from "../auth/api-key.ts";
import type { ApiKey } from "../auth/caller.ts";
import { type GatewayToken, signGatewayToken, verifyGatewayToken } from "../auth/gateway-token.ts";
import type { Config } from "../config/config.ts";
import { ServiceError } from "../errors.ts";
import { WechatRefusal } from "../http/wechat-answer.ts";
import type { Account } from "../wechat/token/sources/registry.ts";
import type { World } from "../world.ts";

/** An account by its id; null: there is none that the key's holder may use. */
type Find = (apiKey: ApiKey) => Account | null | Promise<Account | null>;

export interface Granted {
  readonly apiKey: ApiKey;
  readonly account: Account;
}

export interface GatewayTokens {
  /** `fresh`: a new one. Fails with a WechatRefusal, or as `forbidden` or `account-unknown`. */
  issue(
    secret: string,
    find: Find,
    age: "any" | "fresh",
  ): Promise<Granted & { readonly token: GatewayToken }>;
  /** Fails with `unauthorized`, or `account-unknown`. */
  open(token: string): Promise<Granted>;
}

export function createGatewayTokens(
  { apiKeys, linkKeys }: Config,
  findAccount: (appId: string) => Promise<Account | null>,
  { nowMs, random }: World,
): GatewayTokens {
  const nowSeconds = () => Math.floor(nowMs() / 1000);
  return {
    async issue(secret, find, age) {
      const apiKey = await holderOf(secret, apiKeys);
      if (!apiKey)
        throw new WechatRefusal("unauthorized", 40125, "The secret must be an API key of this gateway.");
      if (!apiKey.scopes.includes("compat")) {
        throw new ServiceError("forbidden", "This key lacks the scope compat.");
      }
      const account = await find(apiKey);
      if (!account) throw new ServiceError("account-unknown", "This key may use no such account here.");
      const [linkKey] = linkKeys;
      if (!linkKey) throw new ServiceError("not-configured", "LINK_KEYS is empty: no token can be signed.");
      const nonce = age === "fresh" ? `r${random().toString(36).slice(2)}` : null;
      const token = await signGatewayToken(apiKey, account.appId, nonce, linkKey, nowSeconds());
      return { apiKey, account, token };
    },
    async open(token) {
      const verdict = await verifyGatewayToken(token, apiKeys, linkKeys, nowSeconds());
      switch (verdict.kind) {
        case "expired":
          throw new WechatRefusal("unauthorized", 42001, "It was this gateway's.");
        case "forged":
          throw new ServiceError("unauthorized", "It is not this gateway's, or its API key is gone.");
        case "valid": {
          const { apiKey, appId } = verdict;
          if (!apiKey.scopes.includes("compat") || !mayUseAccount(apiKey, appId)) {
            throw new ServiceError("unauthorized", "Its API key may no longer be used for this.");
          }
          const account = await findAccount(appId);
          if (!account) throw new ServiceError("account-unknown", `No account ${appId} is configured here.`);
          return { apiKey, account };
        }
      }
    },
  };
}

/** The app of a WeCom corp that the key's holder may use: several apps of a corp share its id, so the key tells which. */
export function findInCorp({ accounts }: Config, corpId: string): Find {
  return (apiKey) => {
    const apps = [...accounts.values()].filter(
      (account) =>
        account.source === "work" &&
        (account.corpId ?? account.appId) === corpId &&
        mayUseAccount(apiKey, account.appId),
    );
    if (apps.length <= 1) return apps[0] ?? null;
    const main = apps.find(({ appId }) => appId === corpId);
    if (main) return main;
    throw new ServiceError(
      "account-unknown",
      "This corp has several apps here, and the key is bound to none of them.",
    );
  };
}
