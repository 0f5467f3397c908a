/** Who may do what: middleware that fails closed. */
import type { MiddlewareHandler } from "hono";
import { authenticate, mayUseAccount } from "../auth/api-key.ts";
import type { Scope } from "../auth/caller.ts";
import { ServiceError } from "../errors.ts";
import type { AppEnv } from "./app-env.ts";
import { linkHolder, pageVisitor, webhookSender } from "./guests.ts";

/** Sets `caller` from the Authorization header, or from a signature or a site where there is none, or refuses. */
export const requireCaller: MiddlewareHandler<AppEnv> = async function requireCaller(c, next) {
  const authorization = c.req.header("authorization");
  const guest =
    authorization === undefined
      ? ((await linkHolder(c)) ?? (await webhookSender(c)) ?? pageVisitor(c))
      : null;
  const caller = guest ?? (await authenticate(authorization, c.get("config").apiKeys));
  if (!caller) {
    throw new ServiceError("unauthorized", "Send a valid API key as 'Authorization: Bearer <key>'.", {
      headers: { "www-authenticate": 'Bearer realm="hdvoice"' },
    });
  }
  c.set("caller", caller);
  await next();
};

/** Sets `account` from `{appId}` in the path, else the default one, or refuses. */
export const requireAccount: MiddlewareHandler<AppEnv> = async function requireAccount(c, next) {
  const { accounts } = c.get("config");
  const appId = c.req.param("appId");
  // Whether an account exists is not told to those who may not use it.
  if (appId !== undefined && !mayUseAccount(c.get("caller"), appId)) {
    throw new ServiceError("forbidden", `This key may not use the account ${appId}.`);
  }
  const account = appId === undefined ? accounts.values().next().value : await c.get("findAccount")(appId);
  if (!account) {
    const which = appId === undefined ? "No default account" : `No account ${appId}`;
    throw new ServiceError("account-unknown", `${which} is configured here.`);
  }
  if (!mayUseAccount(c.get("caller"), account.appId)) {
    throw new ServiceError(
      "forbidden",
      "This key may not use the default account: name another in the path, /v1/apps/{appId}/….",
    );
  }
  c.set("account", account);
  await next();
};

export function requireScope(scope: Scope): MiddlewareHandler<AppEnv> {
  return async function scopeRequired(c, next) {
    if (!c.get("caller").scopes.includes(scope)) {
      throw new ServiceError("forbidden", `This key lacks the scope ${scope}.`);
    }
    await next();
  };
}
