/**
 * `/wechat/push/{appId}`: what WeChat pushes to an account or a third-party platform. No API key here: the signature
 * is the credential. Answers `success` once what was pushed is kept, well within WeChat's five seconds; anything
 * else makes WeChat send it again, and tell the follower that the account is broken.
 */
import type { Context } from "hono";
import { ServiceError } from "../errors.ts";
import { readBytes } from "../http/request-body.ts";
import type { AppEnv } from "../middleware/app-env.ts";
import { publicOrigin } from "../middleware/public-origin.ts";
import { Router } from "../middleware/router.ts";
import { readSettings } from "../middleware/settings.ts";
import { createPushes, type Pushes } from "../services/pushes.ts";
import type { PushFault } from "../wechat/push/message.ts";
import { allowOnly } from "./method-not-allowed.ts";

/** WeChat's pushes are far smaller. */
const MAX_PUSH_BYTES = 65_536;

/** Only whoever knows the console's Token gets an answer below the third. */
const REFUSALS: Readonly<Record<PushFault, string>> = {
  unsigned: "Only WeChat calls this path, and the query is not as WeChat sends it.",
  stale: "The timestamp is more than five minutes away from this gateway's clock.",
  forged:
    "The signature fits nothing that is set here for this appId. If WeChat sent this, the Token in its console differs from the one in the settings.",
  unprotected:
    "An EncodingAESKey is set, and the message is not encrypted: choose safe mode in WeChat's console.",
  keyless:
    "The message is encrypted, and no EncodingAESKey is set: add it to the settings, or choose plain mode in WeChat's console.",
  undecipherable: "The EncodingAESKey in WeChat's console differs from the one in the settings.",
  misaddressed: "The encrypted message is meant for another appId.",
};

export const push = new Router()
  .use(readSettings)
  .get("/:appId", async (c) => {
    const verdict = await pushesOf(c).check(c.req.param("appId"), new URL(c.req.url).searchParams);
    if (verdict.kind !== "echo") throw new ServiceError("push-refused", REFUSALS[verdict.kind]);
    return c.text(verdict.echo);
  })
  .post("/:appId", async (c) => {
    const appId = c.req.param("appId");
    const { searchParams } = new URL(c.req.url);
    const pushes = pushesOf(c);
    const verdict = await pushes.open(appId, searchParams, () => readBytes(c.req.raw, MAX_PUSH_BYTES));
    if (verdict.kind !== "genuine") throw new ServiceError("push-refused", REFUSALS[verdict.kind]);
    await pushes.handOn(appId, verdict, publicOrigin(c));
    return c.text("success");
  })
  .all("/:appId", allowOnly("GET", "HEAD", "POST"));

function pushesOf(c: Context<AppEnv>): Pushes {
  return createPushes(c.env, c.get("isolate"), c.get("config"));
}
