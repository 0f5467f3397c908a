/**
 * Hono with one of its routers alone. The one that it brings by default tries this one first, and has another in reserve for paths
 * that this one can't tell apart; ours are none of those, and a path that were would be refused when the app is built.
 */
import { HonoBase, type HonoOptions } from "hono/hono-base";
import { RegExpRouter } from "hono/router/reg-exp-router";
import type { AppEnv } from "./app-env.ts";

export class Router extends HonoBase<AppEnv> {
  constructor(options: Pick<HonoOptions<AppEnv>, "getPath"> = {}) {
    super(options);
    this.router = new RegExpRouter();
  }
}
