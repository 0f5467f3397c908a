/** Every kind of body under every Content-Type: of a page's voice and of a chat's, asked for by a client and by a job. */
import { env } from "cloudflare:workers";
import { beforeEach, expect, it } from "vitest";
import { JobStore } from "../../src/jobs/job-store.ts";
import type { MisbehaviourRule } from "../../tools/simulator/misbehaviour.ts";
import { APP_ID } from "../support/accounts.ts";
import { voice } from "../support/fixtures.ts";
import { ask, bytesOf, storedKeys, wechat } from "../support/gateway.ts";
import { consume, createContext, fetchMessage, JOB_ID } from "../support/job-queue.ts";
import { withoutBackoff } from "../support/world.ts";

const SPEEX = voice("short-half-second");

interface Expected {
  readonly status: number;
  /** What the job's item comes to. */
  readonly item: "ready" | "failed" | "waiting";
  readonly code?: string;
}

const A_VOICE: Expected = { status: 200, item: "ready" };
const NOT_FOUND: Expected = { status: 404, item: "failed", code: "voice-not-found" };
const FINAL: Expected = { status: 502, item: "failed", code: "wechat-refused" };
const OUTAGE: Expected = { status: 503, item: "waiting", code: "wechat-unavailable" };

const missing: MisbehaviourRule = { kind: "errcode", errcode: 40007 };
const body = (text: string): MisbehaviourRule => ({ kind: "body", text });

const BODIES: readonly (readonly [string, readonly MisbehaviourRule[], Expected])[] = [
  ["a voice", [], A_VOICE],
  ["a voice, compressed on the way", [{ kind: "gzip" }], A_VOICE],
  ["a voice without its length", [{ kind: "no-content-length" }], A_VOICE],
  ["an error", [missing], NOT_FOUND],
  ["an error behind a byte order mark", [missing, { kind: "error-prefix", prefix: "\uFEFF" }], NOT_FOUND],
  ["an error behind line breaks", [missing, { kind: "error-prefix", prefix: "\r\n\r\n" }], NOT_FOUND],
  ["an error, compressed on the way", [missing, { kind: "gzip" }], NOT_FOUND],
  ["an error with a number as text", [missing, { kind: "numbers-as-text" }], NOT_FOUND],
  ["an error as an attachment", [missing, { kind: "attachment", filename: "voice.speex" }], NOT_FOUND],
  ["a video's address", [{ kind: "video-url" }], NOT_FOUND],
  ["a code that has no row", [{ kind: "errcode", errcode: 99_999 }], FINAL],
  ["ok, and no voice", [{ kind: "ok-without-media" }], FINAL],
  ["a web page", [{ kind: "html-page" }], OUTAGE],
  ["words", [body("Try again later.")], OUTAGE],
  ["JSON of somebody else", [body('{"message":"no route"}')], OUTAGE],
  ["half an error", [body('{"errcode":400')], OUTAGE],
  ["nothing", [{ kind: "empty-body" }], OUTAGE],
];

const TYPES: readonly (string | null)[] = [
  null,
  "voice/speex",
  "audio/amr",
  "application/octet-stream",
  "text/plain",
  "text/html; charset=utf-8",
  "application/json; encoding=utf-8",
  "image/jpeg",
];

beforeEach(withoutBackoff);

const store = new JobStore(env.VOICES);
const kept = async (mediaId: string) =>
  (await storedKeys("voice/")).filter((key) => key.includes(`/${mediaId}/`)).length;

/** WeChat answers so, and under this type, whatever it answers. */
function misbehave(rules: readonly MisbehaviourRule[], contentType: string | null): void {
  wechat.behave();
  for (const rule of rules) wechat.misbehave({ ...rule, path: MEDIA_PATHS[0] });
  for (const rule of rules) wechat.misbehave({ ...rule, path: MEDIA_PATHS[1] });
  for (const path of MEDIA_PATHS) wechat.misbehave({ kind: "content-type", contentType, of: "any", path });
}
const MEDIA_PATHS = ["/cgi-bin/media/get/jssdk", "/cgi-bin/media/get"] as const;

it.each(TYPES)("a client gets what the body is, called %s", async (type) => {
  for (const [index, [name, rules, { status, code }]] of BODIES.entries()) {
    const mediaId = `voice-${index}`;
    wechat.addRecording(APP_ID, mediaId, SPEEX);
    misbehave(rules, type);
    const response = await ask(`/v1/voices/${mediaId}.speex`);
    expect(response.status, name).toBe(status);
    const bytes = await bytesOf(response);
    if (code === undefined) {
      expect(bytes, name).toEqual(SPEEX);
      expect(response.headers.get("content-type"), name).toBe("voice/speex");
    } else expect(JSON.parse(new TextDecoder().decode(bytes)), name).toMatchObject({ code });
    expect((await kept(mediaId)) > 0, name).toBe(code === undefined);
  }
});

it.each(TYPES.flatMap((type) => [["page", "jssdk", type] as const, ["chat", "media", type] as const]))(
  "a job gets what the body is, from a %s (%s), called %s",
  async (_, via, type) => {
    const context = createContext({ backoffSeconds: 10 });
    for (const [index, [name, rules, { item, code }]] of BODIES.entries()) {
      const mediaId = `voice-${index}`;
      wechat.addRecording(APP_ID, mediaId, SPEEX, { endpoint: via });
      misbehave(rules, type);
      await consume([fetchMessage(mediaId, { via })], context);
      const record = (await store.readItem(JOB_ID, mediaId))?.value;
      expect(record?.state, name).toBe(item);
      expect(record?.failure?.code, name).toBe(code);
      expect((await kept(mediaId)) > 0, name).toBe(code === undefined);
    }
  },
);
