/** `GET /v1/jsapi-signature`: what a page calls `wx.config` with. */
import type { Context } from "hono";
import { OPERATIONS } from "../api/operations.ts";
import { PAGE_VISITOR } from "../auth/page-visitor.ts";
import { ServiceError } from "../errors.ts";
import type { AppEnv } from "../middleware/app-env.ts";
import { resource, serve } from "./serve.ts";

export const jsapiSignature = resource(
  serve(OPERATIONS.signPage, async (c, { query: { url, type } }) => {
    requireOwnPage(c, url);
    return c.json(await c.get("tickets").sign(url, type), 200, { "cache-control": "no-store" });
  }),
);

/** A page without a key may have pages of its own site signed. */
function requireOwnPage(c: Context<AppEnv>, url: string): void {
  const origin = c.req.header("origin");
  if (c.get("caller").id !== PAGE_VISITOR.id || new URL(url).origin === origin) return;
  throw new ServiceError("forbidden", `The url must be that of a page of ${origin}, which asks for it.`);
}
