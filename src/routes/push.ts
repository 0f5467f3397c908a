/**
 * `/wechat/push/{appId}`: what WeChat pushes to an account or a third-party platform. No API key here: the signature
 * is the credential. Answers `success` once what was pushed is kept, well within WeChat's five seconds; anything
 * else makes WeChat send it again.
 */
import { type Context, Hono } from "hono";
import type { AppEnv } from "../app-env.ts";
import { configOf } from "../config.ts";
import { ServiceError } from "../errors.ts";
import { readText } from "../http/text-body.ts";
import { createPlatformClient } from "../wechat/platform/keeper-client.ts";
import { type PushFields, textField } from "../wechat/push-fields.ts";
import { answerCheck, openPush, type PushReceiver, type PushVerdict } from "../wechat/push-message.ts";
import { allowOnly } from "./method-not-allowed.ts";

export const push = new Hono<AppEnv>()
  .get("/:appId", async (c) => {
    const echo = await answerCheck(new URL(c.req.url).searchParams, receiverOf(c));
    if (echo === null) throw refusal("forged");
    return c.text(echo);
  })
  .post("/:appId", async (c) => {
    const receiver = receiverOf(c);
    const verdict = await openPush(new URL(c.req.url).searchParams, await readText(c.req.raw), receiver);
    if (verdict.kind !== "genuine") throw refusal(verdict.kind);
    await handOn(c, receiver.appId, verdict.fields);
    return c.text("success");
  })
  .all("/:appId", allowOnly("GET", "HEAD", "POST"));

/** Platforms' events go to their keeper. Messages to an account are not acted upon yet: they are only noted. */
async function handOn(c: Context<AppEnv>, appId: string, fields: PushFields): Promise<void> {
  if (configOf(c.env).platforms.has(appId)) {
    return createPlatformClient(c.env.PLATFORM_KEEPER, appId).accept(fields);
  }
  console.log(JSON.stringify({ event: "push-ignored", appId, kind: textField(fields, "MsgType") }));
}

function receiverOf(c: Context<AppEnv>): PushReceiver {
  const { platforms, accounts } = configOf(c.env);
  const appId = c.req.param("appId") ?? "";
  const account = accounts.get(appId);
  const settings = platforms.get(appId)?.push ?? account?.push;
  if (!settings) throw new ServiceError("account-unknown", `Nothing is pushed for ${appId} here.`);
  const corpId = account?.source === "work" ? account.corpId : undefined;
  return { appId: corpId ?? appId, push: settings };
}

function refusal(kind: Exclude<PushVerdict["kind"], "genuine">): ServiceError {
  switch (kind) {
    case "forged":
      return new ServiceError(
        "forbidden",
        "The signature is wrong: the Token or the EncodingAESKey differs from the one in WeChat's console.",
      );
    case "unprotected":
      return new ServiceError(
        "forbidden",
        "The message is not encrypted, but an EncodingAESKey is set: choose safe mode in WeChat's console.",
      );
    case "unreadable":
      return new ServiceError("request-invalid", "The body is neither XML nor a JSON object.");
  }
}
