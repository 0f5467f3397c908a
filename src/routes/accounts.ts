/** `GET /v1/accounts`: what is configured, and the state of each account's token. */
import { OPERATIONS } from "../api/operations.ts";
import { mayUseAccount } from "../auth/api-key.ts";
import { overviewOf } from "../services/accounts-overview.ts";
import { resource, serve } from "./serve.ts";

export const accounts = resource(
  serve(OPERATIONS.listAccounts, async (c) => {
    const mayUse = (appId: string) => mayUseAccount(c.get("caller"), appId);
    const overview = await overviewOf(c.env, c.get("isolate").world, c.get("config"), mayUse);
    return c.json(overview, 200, { "cache-control": "no-store" });
  }),
);
