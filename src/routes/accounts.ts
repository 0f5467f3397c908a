/** `GET /v1/accounts`: what is configured, and how each account's token is doing. */
import { Hono } from "hono";
import { overviewOf } from "../account-overview.ts";
import type { AppEnv } from "../app-env.ts";
import { requireScope } from "../auth/access.ts";
import { mayUseAccount } from "../auth/api-key.ts";
import { allowOnly } from "./method-not-allowed.ts";

export const accounts = new Hono<AppEnv>()
  .get("/", requireScope("accounts:read"), async (c) => {
    const mayUse = (appId: string) => mayUseAccount(c.get("caller"), appId);
    const overview = await overviewOf(c.env, c.get("config"), mayUse, Date.now());
    return c.json(overview, 200, { "cache-control": "no-store" });
  })
  .all("/", allowOnly("GET", "HEAD"));
