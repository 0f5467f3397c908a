/** `/problems/{code}`: what a failure's `type` points to, in words for the person who opens it. */
import { type ErrorCode, ServiceError } from "../errors.ts";
import { Router } from "../middleware/router.ts";
import { PROBLEMS } from "../problems.ts";
import { allowOnly } from "./method-not-allowed.ts";

export const problems = new Router()
  .get("/:code", (c) => {
    const code = c.req.param("code");
    if (!Object.hasOwn(PROBLEMS, code))
      throw new ServiceError("route-not-found", "There is no such problem code.");
    const { status, title, advice } = PROBLEMS[code as ErrorCode];
    return c.text(`${title}\n\n${code}, HTTP status ${status}\n\n${advice}\n`);
  })
  .all("/:code", allowOnly("GET", "HEAD"));
