/**
 * What WeChat pushes to an account or a platform: whose it is, and where what it says goes. Until a signature is right only the
 * settings are read, so a stranger gets the same answer, at the same cost, for every appId.
 */
import type { Config } from "../config/config.ts";
import type { Env } from "../env.ts";
import { ServiceError } from "../errors.ts";
import type { JobFormat } from "../jobs/message.ts";
import { readVoiceMessage, takeInVoiceMessage, type VoiceMessage } from "../jobs/voice-message.ts";
import { logError, logInfo } from "../telemetry/log.ts";
import { findAccount } from "../wechat/accounts.ts";
import { callObject } from "../wechat/object-call.ts";
import { createPlatformClient } from "../wechat/platform/keeper-client.ts";
import { answerCheck, type EchoVerdict } from "../wechat/push/echo.ts";
import { type PushFields, textField } from "../wechat/push/fields.ts";
import { type GenuinePush, openPush, type PushVerdict } from "../wechat/push/message.ts";
import type { PushReceiver } from "../wechat/push/receiver.ts";
import { isTimely, PUSH_TOLERANCE_MS, type PushClaim, readClaim } from "../wechat/push/signature.ts";
import type { Isolate } from "./isolate.ts";
import { createIntake } from "./jobs.ts";

export interface Pushes {
  /** The console's check of the URL. */
  check(appId: string, query: URLSearchParams): Promise<EchoVerdict>;
  /** The body is read only when the query may be WeChat's. */
  open(appId: string, query: URLSearchParams, readBody: () => Promise<Uint8Array>): Promise<PushVerdict>;
  /** Resolves once what the push brings is kept. What is of no use here, or can't be read, is only logged. */
  handOn(appId: string, push: GenuinePush, origin: string): Promise<void>;
}

export function createPushes(env: Env, isolate: Isolate, config: Config): Pushes {
  const { world } = isolate;
  return {
    async check(appId, query) {
      const claim = timelyClaim(query, world.nowMs());
      if (typeof claim === "string") return { kind: claim };
      return answerCheck(claim, query.get("echostr") ?? "", receiversOf(config, appId));
    },
    async open(appId, query, readBody) {
      const claim = timelyClaim(query, world.nowMs());
      if (typeof claim === "string") return { kind: claim };
      return openPush(claim, await readBody(), receiversOf(config, appId));
    },
    async handOn(appId, push, origin) {
      const { fields } = push;
      if (!fields) return logError({ event: "push-unreadable", appId });
      if (config.platforms.has(appId)) return handOnEvent(appId, fields);
      const message = keepsVoices(config) ? readVoiceMessage(appId, push.receiver.appId, fields) : null;
      if (!message) return ignore(appId, fields, "nothing to fetch");
      const account = await findAccount(env.TOKENS, config, appId);
      if (!account) return ignore(appId, fields, "account unknown");
      if (push.singleUse) await admit(message, push.singleUse);
      await takeInOnce(message, origin, account.transcribe ? ["speex", "txt"] : ["speex"]);
    },
  };

  /** A follower's message is no event, also where somebody brings it to the address for events. */
  async function handOnEvent(componentAppId: string, fields: PushFields): Promise<void> {
    if (textField(fields, "MsgType") !== null) return ignore(componentAppId, fields, "not an event");
    await createPlatformClient(env.PLATFORM_KEEPER, componentAppId, world).accept(fields);
  }

  async function admit(message: VoiceMessage, signature: string): Promise<void> {
    const nowMs = world.nowMs();
    const push = {
      signature,
      message: await fingerprintOf(message),
      endsAtMs: nowMs + 2 * PUSH_TOLERANCE_MS,
    };
    const keeper = () => env.TOKEN_KEEPER.getByName(message.appId);
    const admission = await callObject(() => keeper().admitPlainPush(push, nowMs), world);
    if (admission === "replayed") {
      throw new ServiceError("push-refused", "This signature was already used for another message.");
    }
    if (admission === "too-many") {
      throw new ServiceError(
        "rate-limited",
        "Too many voice messages in plain mode within a minute: choose safe mode in WeChat's console.",
        { retryAfterSeconds: 60 },
      );
    }
  }

  async function takeInOnce(
    message: VoiceMessage,
    origin: string,
    formats: readonly JobFormat[],
  ): Promise<void> {
    const { appId } = message;
    try {
      const { jobId } = await takeInVoiceMessage(message, origin, formats, createIntake(env, isolate));
      logInfo({ event: "push-voice", appId, jobId });
    } catch (error) {
      // The same message with another voice: the first one is kept, and WeChat need not send it again.
      if (!(error instanceof ServiceError && error.code === "delivery-id-reused")) throw error;
      logError({ event: "push-changed", appId });
    }
  }
}

function timelyClaim(query: URLSearchParams, nowMs: number): PushClaim | "unsigned" | "stale" {
  const claim = readClaim(query);
  if (!claim) return "unsigned";
  return isTimely(claim, nowMs) ? claim : "stale";
}

/** Whose pushes may come under this appId. At least one, so that an appId that nobody has costs as much as any other. */
function receiversOf({ accounts, platforms }: Config, appId: string): PushReceiver[] {
  const platform = platforms.get(appId);
  if (platform) return [{ ...platform, encryptsEcho: false }];
  const account = accounts.get(appId);
  const receivers: PushReceiver[] = [];
  if (account?.push) {
    const isWork = account.source === "work";
    const inside = isWork ? (account.corpId ?? appId) : appId;
    receivers.push({ appId: inside, push: account.push, encryptsEcho: isWork });
  }
  // Messages to an account that has authorised a platform: the platform's key, and its appId inside. "appid 为第三方平台 Appid"
  // https://developers.weixin.qq.com/doc/oplatform/Third-party_Platforms/2.0/api/Before_Develop/message_push.html
  // Which accounts have, the gateway may not know yet, and never of those that WeChat tests a platform with.
  for (const { appId: componentAppId, push } of platforms.values()) {
    if (account?.source === "authorizer" && account.componentAppId !== componentAppId) continue;
    receivers.push({ appId: componentAppId, push, encryptsEcho: false });
  }
  return receivers.length > 0 ? receivers : [nobody()];
}

function nobody(): PushReceiver {
  return { appId: "", push: { token: crypto.randomUUID() }, encryptsEcho: false };
}

/** Of all that decides which job it becomes. Hashed, because the follower's openid is part of it. */
async function fingerprintOf({ from, msgId, mediaId, mediaId16K }: VoiceMessage): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify([from, msgId, mediaId, mediaId16K]));
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

function ignore(appId: string, fields: PushFields, why: string): void {
  logInfo({ event: "push-ignored", appId, kind: textField(fields, "MsgType"), why });
}

/** A voice that is neither stored nor asked for need not be fetched. */
function keepsVoices({ storeFormats }: Config): boolean {
  return storeFormats.has("source");
}
