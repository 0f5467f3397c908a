/** The simulator's commands for when it runs in another process: what the methods of `Simulator` do, with query or body checked. */
import { z } from "zod";
import type { Command } from "./command.ts";
import { RULE } from "./misbehaviour-schema.ts";
import { PUSH_COMMANDS } from "./push-commands.ts";
import { SOUND_KINDS, type SoundKindName } from "./sounds/kinds.ts";
import { TRANSCRIBER_RULE } from "./transcriber/misbehaviour.ts";

const RECORDING = z.strictObject({
  appId: z.string(),
  mediaId: z.string().regex(/^[A-Za-z0-9_-]{1,256}$/),
  /** Empty: no such header. */
  contentType: z
    .string()
    .transform((type) => type || null)
    .exactOptional(),
  endpoint: z.enum(["jssdk", "media"]).exactOptional(),
  recordedAtMs: z.coerce.number().exactOptional(),
});
const SOUND = RECORDING.extend({
  kind: z.enum(Object.keys(SOUND_KINDS) as [SoundKindName, ...SoundKindName[]]),
  seconds: z.coerce.number().positive().max(3_600).exactOptional(),
});
const REVOCATION = z.strictObject({
  appId: z.string(),
  aftermath: z.enum(["normal-mode-renews", "only-force-renews"]).exactOptional(),
});
const EXPIRY = z.strictObject({ appId: z.string() });
const callCount = z.coerce.number().int().min(0).exactOptional();
const LIMITS = z.strictObject({
  appId: z.string(),
  path: z.string().startsWith("/").exactOptional(),
  perMinute: callCount,
  perHour: callCount,
  atOnce: callCount,
});
const FILTER = z.strictObject({
  path: z.string().exactOptional(),
  mediaId: z.string().exactOptional(),
  appId: z.string().exactOptional(),
});

export const COMMANDS: Readonly<Record<string, Command>> = {
  "POST misbehave": {
    about: "a rule as JSON, from those above",
    run: async (simulator, request) => simulator.misbehave(RULE.parse(await request.json())),
  },
  "POST behave": {
    about: "drops all rules",
    run: (simulator) => simulator.behave(),
  },
  "POST recordings": {
    about: "the body becomes a voice: ?appId&mediaId[&contentType][&endpoint=jssdk|media][&recordedAtMs]",
    async run(simulator, request, query) {
      const { appId, mediaId, ...options } = RECORDING.parse(query);
      simulator.addRecording(appId, mediaId, new Uint8Array(await request.arrayBuffer()), options);
    },
  },
  "POST sounds": {
    about: "a sound of another kind: ?appId&mediaId&kind[&seconds] and the rest as above",
    run(simulator, _request, query) {
      const { appId, mediaId, kind, ...options } = SOUND.parse(query);
      simulator.addSound(appId, mediaId, kind, options);
    },
  },
  "POST revoke": {
    about: "tokens are refused with 40001: ?appId[&aftermath=normal-mode-renews|only-force-renews]",
    run(simulator, _request, query) {
      const { appId, aftermath } = REVOCATION.parse(query);
      simulator.revokeTokens(appId, aftermath);
    },
  },
  "POST expire": {
    about: "tokens are refused with 42001: ?appId",
    run: (simulator, _request, query) => simulator.expireTokens(EXPIRY.parse(query).appId),
  },
  "POST limits": {
    about: "allows so many calls: ?appId[&path][&perMinute][&perHour][&atOnce]",
    run(simulator, _request, query) {
      const { appId, path, ...limits } = LIMITS.parse(query);
      simulator.limitCalls(appId, limits, path);
    },
  },
  "POST transcriber/misbehave": {
    about:
      'of /v1/audio/transcriptions: {"kind":"status","status":429}, slow, hang, network-failure, body, cut',
    run: async (simulator, request) =>
      simulator.transcriber.misbehave(TRANSCRIBER_RULE.parse(await request.json())),
  },
  "POST transcriber/behave": {
    about: "drops the transcriber's rules",
    run: (simulator) => simulator.transcriber.behave(),
  },
  "GET transcriber/calls": {
    about: "what the transcriber was asked so far",
    run: (simulator) => simulator.transcriber.calls(),
  },
  ...PUSH_COMMANDS,
  "POST reset": {
    about: "back to how it was started: no rules, voices, calls or tokens",
    run: (simulator) => simulator.reset(),
  },
  "GET calls": {
    about: "what was asked so far: [?path][&mediaId][&appId]",
    run: (simulator, _request, query) => simulator.calls(FILTER.parse(query)),
  },
};
