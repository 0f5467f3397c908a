/**
 * `/wechat/push/{appId}`: what WeChat pushes to an account or a third-party platform. No API key here: the signature
 * is the credential. Answers `success` once what was pushed is kept, well within WeChat's five seconds; anything
 * else makes WeChat send it again.
 */

import { type Context, Hono } from "hono";
import { type Config, configOf } from "../config/config.ts";
import { ServiceError } from "../errors.ts";
import { readText } from "../http/request-body.ts";
import { readVoiceMessage, takeInVoiceMessage } from "../jobs/voice-message.ts";
import type { AppEnv } from "../middleware/app-env.ts";
import { createIntake } from "../services/jobs.ts";
import { logInfo } from "../telemetry/log.ts";
import { findAccount } from "../wechat/accounts.ts";
import { createPlatformClient } from "../wechat/platform/keeper-client.ts";
import { type PushFields, textField } from "../wechat/push/fields.ts";
import { answerCheck, openPush, type PushReceiver, type PushVerdict } from "../wechat/push/message.ts";
import { allowOnly } from "./method-not-allowed.ts";

/** Nothing that WeChat pushes comes near. */
const MAX_PUSH_BYTES = 65_536;

export const push = new Hono<AppEnv>()
  .get("/:appId", async (c) => {
    const receiver = await receiverOf(c.env, c.req.param("appId"));
    const echo = await answerCheck(new URL(c.req.url).searchParams, receiver);
    if (echo === null) throw refusal("forged");
    return c.text(echo);
  })
  .post("/:appId", async (c) => {
    const appId = c.req.param("appId");
    const receiver = await receiverOf(c.env, appId);
    const verdict = await openPush(
      new URL(c.req.url).searchParams,
      await readText(c.req.raw, MAX_PUSH_BYTES),
      receiver,
    );
    if (verdict.kind !== "genuine") throw refusal(verdict.kind);
    await handOn(c, appId, verdict.fields);
    return c.text("success");
  })
  .all("/:appId", allowOnly("GET", "HEAD", "POST"));

/** Platforms' events go to their keeper, and voice messages become jobs. Whatever else comes is only noted. */
async function handOn(c: Context<AppEnv>, appId: string, fields: PushFields): Promise<void> {
  const config = configOf(c.env);
  if (config.platforms.has(appId)) {
    return createPlatformClient(c.env.PLATFORM_KEEPER, appId, c.get("isolate").world).accept(fields);
  }
  const message = keepsVoices(config) ? readVoiceMessage(appId, fields) : null;
  if (message) {
    const { jobId } = await takeInVoiceMessage(
      message,
      new URL(c.req.url).origin,
      createIntake(c.env, c.get("isolate")),
    );
    logInfo({ event: "push-voice", appId, jobId });
  } else {
    logInfo({ event: "push-ignored", appId, kind: textField(fields, "MsgType") });
  }
}

/** A voice that nobody asks for and nobody keeps would be fetched for nothing. */
function keepsVoices({ storeFormats }: Config): boolean {
  return storeFormats.has("source");
}

async function receiverOf(env: AppEnv["Bindings"], appId: string): Promise<PushReceiver> {
  const config = configOf(env);
  const platform = config.platforms.get(appId);
  if (platform) return platform;
  const account = await findAccount(env.TOKENS, config, appId);
  if (account?.push) {
    const corpId = account.source === "work" ? account.corpId : undefined;
    return { appId: corpId ?? appId, push: account.push };
  }
  // Messages to an account that has authorised a platform: the platform's key, and its appId inside. "appid 为第三方平台 Appid"
  // https://developers.weixin.qq.com/doc/oplatform/Third-party_Platforms/2.0/api/Before_Develop/message_push.html
  const authorized = account?.source === "authorizer" && config.platforms.get(account.componentAppId);
  if (authorized) return authorized;
  throw new ServiceError("account-unknown", `Nothing is pushed for ${appId} here.`);
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
