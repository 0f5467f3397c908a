/** Callers without an API key: what they show is a signature, and it opens one thing only. */
import type { Context } from "hono";
import type { AppEnv } from "../app-env.ts";
import type { Caller } from "../config-schema.ts";
import { ServiceError } from "../errors.ts";
import { looksSigned, verifyLink } from "./signed-link.ts";

/** Whoever holds a signed link may read what it names. Null where the request has no signed query. */
export async function linkHolder(c: Context<AppEnv>): Promise<Caller | null> {
  const url = new URL(c.req.url);
  if (!looksSigned(url) || (c.req.method !== "GET" && c.req.method !== "HEAD")) return null;
  const verdict = await verifyLink(url, c.var.config.linkKeys, Math.floor(Date.now() / 1000));
  switch (verdict) {
    case "valid":
      // The path is signed, and with it the account.
      return { id: "signed-link", scopes: ["voices:read"] };
    case "expired":
      throw new ServiceError("link-expired", "This link was valid for a limited time, which is over.");
    case "forged":
      throw new ServiceError("link-forged", "This link's signature does not fit it.");
  }
}
