/**
 * What URLs that leave the gateway begin with. Without PUBLIC_ORIGIN it is the origin under which the request came, and
 * whoever sends the request chooses that by its Host header.
 */
import type { Context } from "hono";
import { publicOriginOf } from "../config/config.ts";
import type { AppEnv } from "./app-env.ts";

export function publicOrigin(c: Context<AppEnv>): string {
  return publicOriginOf(c.env) ?? new URL(c.req.url).origin;
}
