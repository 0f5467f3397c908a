/**
 * The simulator's remote control, for when it runs in another process: what the methods of `Simulator` do,
 * over HTTP under /_simulator/. Answers 204, JSON, or 400 with `{"error"}` that names the field at fault.
 */
import { z } from "zod";
import type { MisbehaviourRule } from "./misbehaviour.ts";
import type { Simulator } from "./simulator.ts";

export const CONTROL_PREFIX = "/_simulator/";

const count = z.int().min(0);
const positive = z.int().min(1);

const SCOPE = {
  mediaId: z.string().exactOptional(),
  path: z.string().startsWith("/").exactOptional(),
  appId: z.string().exactOptional(),
  times: positive.exactOptional(),
  skip: count.exactOptional(),
  every: positive.exactOptional(),
};

function rule<K extends MisbehaviourRule["kind"], Fields extends z.ZodRawShape>(kind: K, fields: Fields) {
  return z.strictObject({ kind: z.literal(kind), ...fields, ...SCOPE });
}

const RULE = z.discriminatedUnion("kind", [
  rule("delay", { delayMs: count }),
  rule("hang", {}),
  rule("network-failure", {}),
  rule("status", { status: z.int().min(400).max(599) }),
  rule("errcode", {
    errcode: z.int(),
    errmsg: z.string().exactOptional(),
    contentType: z.enum(["application/json", "text/plain"]).exactOptional(),
  }),
  rule("token-refused", { because: z.enum(["revoked", "malformed", "expired"]) }),
  rule("html-page", {}),
  rule("header-bytes", {}),
  rule("content-type", { contentType: z.string().min(1) }),
  rule("text-errors", {}),
  rule("error-prefix", { prefix: z.string() }),
  rule("empty-body", {}),
  rule("wrong-content-length", { offByBytes: z.int() }),
  rule("no-content-length", {}),
  rule("drip", { chunkBytes: positive, intervalMs: count }),
  rule("cut", { afterBytes: count, ending: z.enum(["error", "close"]).exactOptional() }),
]) satisfies z.ZodType<MisbehaviourRule>;

const RECORDING = z.strictObject({
  appId: z.string(),
  mediaId: z.string().regex(/^[A-Za-z0-9_-]{1,256}$/),
  contentType: z.string().exactOptional(),
  endpoint: z.enum(["jssdk", "media"]).exactOptional(),
  recordedAtMs: z.coerce.number().exactOptional(),
});
const REVOCATION = z.strictObject({
  appId: z.string(),
  aftermath: z.enum(["normal-mode-renews", "only-force-renews"]).exactOptional(),
});
const EXPIRY = z.strictObject({ appId: z.string() });
const FILTER = z.strictObject({
  path: z.string().exactOptional(),
  mediaId: z.string().exactOptional(),
  appId: z.string().exactOptional(),
});

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

/** Sends a push to the URL that the platform has given, and tells how it was answered. */
async function sendPush(push: Promise<Request>): Promise<{ status: number; body: string }> {
  const response = await fetch(await push);
  return { status: response.status, body: await response.text() };
}

type Command = (simulator: Simulator, request: Request, query: unknown) => Promise<unknown> | unknown;

/** What a command returns is answered as JSON, nothing as 204. Its query or body is checked first. */
const COMMANDS: Readonly<Record<string, Command>> = {
  "POST misbehave": async (simulator, request) => {
    simulator.misbehave(RULE.parse(await request.json()));
  },
  "POST behave": (simulator) => simulator.behave(),
  "POST recordings": async (simulator, request, query) => {
    const { appId, mediaId, ...options } = RECORDING.parse(query);
    simulator.addRecording(appId, mediaId, new Uint8Array(await request.arrayBuffer()), options);
  },
  "POST revoke": (simulator, _request, query) => {
    const { appId, aftermath } = REVOCATION.parse(query);
    simulator.revokeTokens(appId, aftermath);
  },
  "POST expire": (simulator, _request, query) => simulator.expireTokens(EXPIRY.parse(query).appId),
  "POST push/ticket": (simulator, _request, query) =>
    sendPush(simulator.pushTicket(PLATFORM.parse(query).componentAppId)),
  "POST push/authorized": (simulator, _request, query) => {
    const { componentAppId, appId, permissionSets } = AUTHORIZATION.parse(query);
    return sendPush(simulator.pushAuthorized(componentAppId, appId, permissionSets));
  },
  "POST push/unauthorized": (simulator, _request, query) => {
    const { componentAppId, appId } = AUTHORIZATION.parse(query);
    return sendPush(simulator.pushUnauthorized(componentAppId, appId));
  },
  "POST reset": (simulator) => simulator.reset(),
  "GET calls": (simulator, _request, query) => simulator.calls(FILTER.parse(query)),
};

/** Carries out a request under /_simulator/. */
export async function control(simulator: Simulator, request: Request): Promise<Response> {
  const url = new URL(request.url);
  const name = `${request.method} ${url.pathname.slice(CONTROL_PREFIX.length)}`;
  const command = COMMANDS[name];
  if (!command) {
    const error = `no such command: ${name}; there are ${Object.keys(COMMANDS).join(", ")}`;
    return Response.json({ error }, { status: 404 });
  }
  try {
    const result = await command(simulator, request, Object.fromEntries(url.searchParams));
    return result === undefined ? new Response(null, { status: 204 }) : Response.json(result);
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message;
    return Response.json({ error: reason }, { status: 400 });
  }
}
