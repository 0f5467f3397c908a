/** `GET /v1/accounts`: what is configured, and how each account's token is doing. */
import { Hono } from "hono";
import { mayUseAccount } from "../auth/api-key.ts";
import { requireScope } from "../middleware/access.ts";
import type { AppEnv } from "../middleware/app-env.ts";
import { overviewOf } from "../services/accounts-overview.ts";
import { allowOnly } from "./method-not-allowed.ts";

export const accounts = new Hono<AppEnv>()
  .get("/", requireScope("accounts:read"), async (c) => {
    const mayUse = (appId: string) => mayUseAccount(c.get("caller"), appId);
    const overview = await overviewOf(c.env, c.get("isolate").world, c.get("config"), mayUse);
    return c.json(overview, 200, { "cache-control": "no-store" });
  })
  .all("/", allowOnly("GET", "HEAD"));
