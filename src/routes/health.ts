/** `/healthz`: the Worker runs. `/readyz`: it has what it needs to serve voices, or says what is missing. */
import { configOf } from "../config/config.ts";
import { Router } from "../middleware/router.ts";
import { allowOnly } from "./method-not-allowed.ts";

export const health = new Router()
  .get("/healthz", (c) => c.json({ status: "ok" }))
  .get("/readyz", (c) => {
    configOf(c.env);
    return c.json({ status: "ready" });
  })
  .all("/healthz", allowOnly("GET", "HEAD"))
  .all("/readyz", allowOnly("GET", "HEAD"));
