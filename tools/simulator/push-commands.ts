/** Commands that make the simulator push: it sends the request itself, and tells how it was answered. */
import { z } from "zod";
import type { Command } from "./command.ts";
import { textMessage, voiceMessage } from "./message.ts";
import { ODD_TEXTS, type OddTextName } from "./odd-texts.ts";
import { createPush, requestOf } from "./push-request.ts";

const PLATFORM = z.strictObject({ componentAppId: z.string() });
const AUTHORIZATION = z.strictObject({
  componentAppId: z.string(),
  appId: z.string(),
  /** Ids with commas between. */
  permissionSets: z
    .string()
    .transform((list) => list.split(",").map(Number))
    .exactOptional(),
});

const MESSAGE = z
  .strictObject({
    url: z.url(),
    token: z.string().min(1),
    encodingAesKey: z
      .string()
      .regex(/^[A-Za-z0-9]{43}$/)
      .exactOptional(),
    /** Whom it is encrypted for. */
    appId: z.string(),
    message: z.enum(["voice", "text"]).default("voice"),
    mediaId: z.string().default("voice-8k"),
    /** Over those that the message has. */
    fields: z.record(z.string(), z.union([z.string(), z.number()])).default({}),
    odd: z.enum(Object.keys(ODD_TEXTS) as [OddTextName, ...OddTextName[]]).exactOptional(),
    /** Which field the odd text is in. Default: Content, of a voice Recognition. */
    oddField: z.string().exactOptional(),
    mode: z.enum(["plain", "compatible", "safe"]).default("safe"),
    format: z.enum(["xml", "json"]).default("xml"),
    sender: z.enum(["official", "work"]).default("official"),
    blanks: z.string().regex(/^\s*$/).default(""),
    encryptAs: z.enum(["cdata", "text"]).default("cdata"),
    signature: z.enum(["good", "wrong", "none"]).default("good"),
    nonce: z.string().exactOptional(),
    /** Below 0: from the future. */
    ageSeconds: z.number().default(0),
    /** The same bytes so often. */
    deliveries: z.int().min(1).max(100).default(1),
  })
  .refine(({ mode, encodingAesKey }) => mode === "plain" || encodingAesKey !== undefined, {
    path: ["encodingAesKey"],
    message: "is needed unless mode is plain",
  });

interface PushAnswer {
  readonly status: number;
  readonly body: string;
}

const MESSAGE_FIELDS = Object.keys(MESSAGE.shape)
  .filter((name) => !["url", "token", "encodingAesKey", "appId"].includes(name))
  .join(", ");

export const PUSH_COMMANDS: Readonly<Record<string, Command>> = {
  "POST push/ticket": {
    about: "sends a platform its ticket: ?componentAppId",
    run: (simulator, _request, query) => sendPush(simulator.pushTicket(PLATFORM.parse(query).componentAppId)),
  },
  "POST push/authorized": {
    about: "an account authorises a platform: ?componentAppId&appId[&permissionSets=1,11]",
    run(simulator, _request, query) {
      const { componentAppId, appId, permissionSets } = AUTHORIZATION.parse(query);
      return sendPush(simulator.pushAuthorized(componentAppId, appId, permissionSets));
    },
  },
  "POST push/unauthorized": {
    about: "an account takes the authorisation back: ?componentAppId&appId",
    run(simulator, _request, query) {
      const { componentAppId, appId } = AUTHORIZATION.parse(query);
      return sendPush(simulator.pushUnauthorized(componentAppId, appId));
    },
  },
  "POST push/message": {
    about: `sends a follower's message: {"url","token","encodingAesKey","appId"} and any of ${MESSAGE_FIELDS}`,
    run: async (simulator, request) => sendMessage(MESSAGE.parse(await request.json()), simulator.now()),
  },
};

async function sendPush(push: Promise<Request>): Promise<PushAnswer> {
  const response = await fetch(await push);
  return { status: response.status, body: await response.text() };
}

/** One answer for each delivery, one after the other. */
async function sendMessage(message: z.infer<typeof MESSAGE>, nowMs: number): Promise<PushAnswer[]> {
  const { url, token, encodingAesKey = "", appId, odd, fields, ageSeconds, deliveries, ...style } = message;
  const sentAtMs = nowMs - ageSeconds * 1000;
  const isVoice = message.message === "voice";
  const { oddField = isVoice ? "Recognition" : "Content" } = message;
  const changes = { ...fields, ...(odd === undefined ? {} : { [oddField]: ODD_TEXTS[odd].bytes }) };
  const all = isVoice
    ? voiceMessage(sentAtMs, message.mediaId, changes)
    : textMessage(sentAtMs, "hello", changes);
  const push = await createPush({ url, token, encodingAesKey }, appId, all, sentAtMs, style);
  const answers: PushAnswer[] = [];
  for (let sent = 0; sent < deliveries; sent++)
    answers.push(await sendPush(Promise.resolve(requestOf(push))));
  return answers;
}
