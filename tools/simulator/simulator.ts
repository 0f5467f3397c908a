/**
 * A WeChat stand-in: one pure `handle(Request)`, built from Web APIs only. Tests put it in fetch's place;
 * `server.ts` puts it behind a real socket. It answers the calls that it knows, and any other with an error.
 */
import { type Account, createAccount, type SimulatorAccount } from "./account.ts";
import { ADDRESS_ENDPOINTS } from "./addresses.ts";
import { type Answer, errorAnswer, JSON_TYPE, pageAnswer } from "./answer.ts";
import { type CallLimits, createCallLimitBook } from "./call-limits.ts";
import { type CallFilter, createCallLog, type OpenCall, type SimulatorCall } from "./call-log.ts";
import { type CloudEnvironment, createCloudBook, inCloud } from "./cloud.ts";
import { deliver, deliverOnWire, type WireAnswer } from "./delivery.ts";
import type { Desk } from "./desk.ts";
import type { Endpoint, World } from "./endpoint.ts";
import { WechatError } from "./errors.ts";
import { type IncomingCall, readCall } from "./incoming-call.ts";
import { MEDIA_ENDPOINTS } from "./media.ts";
import { type MisbehaviourRule, REPLACING } from "./misbehaviour.ts";
import { PLATFORM_ENDPOINTS } from "./platform.ts";
import { createPlatformBook, type Platform, type SimulatorPlatform } from "./platform-book.ts";
import { pushAuthorized, pushTicket, pushUnauthorized } from "./platform-pushes.ts";
import { QUOTA_ENDPOINTS } from "./quota.ts";
import { createRecordingShelf, type RecordingOptions } from "./recordings.ts";
import { NetworkFailure, replacement } from "./replacement.ts";
import { reshape } from "./reshaping.ts";
import { createRuleBook } from "./rule-book.ts";
import { sleep } from "./sleep.ts";
import { SOUND_KINDS, type SoundKindName } from "./sounds/kinds.ts";
import { createTicketBook, type TicketKind } from "./ticket-book.ts";
import { TICKET_ENDPOINTS } from "./tickets.ts";
import { type Aftermath, createTokenBook } from "./token-book.ts";
import { TOKEN_ENDPOINTS } from "./tokens.ts";
import { createTraffic } from "./traffic.ts";
import { createTranscriberStandIn, type TranscriberStandIn } from "./transcriber/stand-in.ts";
import { isAtWork, WORK_DESK } from "./work.ts";

export type { CloudEnvironment, MisbehaviourRule, SimulatorAccount, SimulatorCall, SimulatorPlatform };

export interface SimulatorOptions {
  accounts?: readonly SimulatorAccount[];
  platforms?: readonly SimulatorPlatform[];
  now?: () => number;
  /** The address that calls come from where no server tells it. Default 127.0.0.1. */
  clientIp?: string;
  /** What the transcriber asks for. Default: DEMO_TRANSCRIBER_KEY. */
  transcriberKey?: string;
}

export interface Simulator {
  /** Beside WeChat: who turns speech into text. */
  readonly transcriber: TranscriberStandIn;
  /** Answers as WeChat would. Rejects only as fetch does: on an abort or a simulated network failure. */
  handle(request: Request): Promise<Response>;
  /** The same for a server, which sends it over a socket: what fetch would have unpacked or waited for is still to see. */
  handleOnWire(request: Request): Promise<WireAnswer>;
  addRecording(appId: string, mediaId: string, bytes: Uint8Array, options?: RecordingOptions): void;
  /** The same with a sound made in code, under its own Content-Type unless `options` has another. Default: 1 second. */
  addSound(
    appId: string,
    mediaId: string,
    kind: SoundKindName,
    options?: RecordingOptions & { seconds?: number },
  ): void;
  misbehave(rule: MisbehaviourRule): void;
  /** Drops all rules. */
  behave(): void;
  /** Every token issued so far is refused with 40001. */
  revokeTokens(appId: string, aftermath?: Aftermath): void;
  /** Every token issued so far is refused with 42001. */
  expireTokens(appId: string): void;
  /** The ticket that WeChat checks a page's signature with; null: nobody has asked for one. */
  ticketOf(appId: string, kind?: TicketKind): string | null;
  /** Allows so many calls of a path, or of each path. Too many: 45009 and 45033 at WeCom, 45011 elsewhere. */
  limitCalls(appId: string, limits: CallLimits, path?: string): void;
  calls(filter?: CallFilter): SimulatorCall[];
  /** What its clock says. */
  now(): number;
  /** A `cloudbase_access_token` of the account, as cloud hosting pushes it: good for 30 minutes. */
  issueCloudToken(appId: string): string;
  /** A push to a platform, signed and encrypted, for the caller to send: a new ticket, or what an owner has done. */
  pushTicket(componentAppId: string): Promise<Request>;
  /** Default: permission sets 1 and 11. */
  pushAuthorized(componentAppId: string, appId: string, permissionSets?: readonly number[]): Promise<Request>;
  pushUnauthorized(componentAppId: string, appId: string): Promise<Request>;
  /** Answers as an origin inside cloud hosting does, where calls need no token. */
  handleInCloud(request: Request, environment: CloudEnvironment): Promise<Response>;
  /** Back to how it was created: no recordings, rules, calls or tokens, all quotas unused. */
  reset(): void;
}

const OFFICIAL_DESK: Desk = {
  endpoints: {
    ...TOKEN_ENDPOINTS,
    ...TICKET_ENDPOINTS,
    ...MEDIA_ENDPOINTS,
    ...QUOTA_ENDPOINTS,
    ...ADDRESS_ENDPOINTS,
    ...PLATFORM_ENDPOINTS,
  },
  jsonType: JSON_TYPE,
  limits: { tooMany: 45011, tooManyAtOnce: 45011 },
  refuse: (error, call) => errorAnswer(error, call.nowMs),
};

export function createSimulator(options: SimulatorOptions = {}): Simulator {
  const now = options.now ?? Date.now;
  const clientIp = options.clientIp ?? "127.0.0.1";
  const rules = createRuleBook();
  const log = createCallLog();
  const transcriber = createTranscriberStandIn(options.transcriberKey);
  const traffic = createTraffic();
  // In Node the signal of a request that was collected is never aborted, so nobody may drop one under way.
  const requestsUnderWay = new Set<Request>();
  let world = createWorld(options);

  async function answer(call: IncomingCall, line: OpenCall): Promise<Answer> {
    const desk = isAtWork(call, world) ? WORK_DESK : OFFICIAL_DESK;
    const endpoint = desk.endpoints[call.path];
    if (!endpoint) return unknownPath(call);

    const delay = rules.fire(["delay"], call);
    if (delay) {
      line.misbehaved("delay");
      await sleep(delay.delayMs, call.signal);
    }
    const replacing = rules.fire(REPLACING, call);
    if (replacing) line.misbehaved(replacing.kind);
    const honest = replacing ? await replacement(replacing, call, desk) : ask(desk, endpoint, call, world);
    return reshape(honest, call, rules, line.misbehaved);
  }

  function requireAccount(appId: string): void {
    if (!world.accounts.has(appId)) throw new Error(`the simulator has no account "${appId}"`);
  }

  function requirePlatform(appId: string): Platform {
    const platform = world.platforms.find(appId);
    if (!platform) throw new Error(`the simulator has no platform "${appId}"`);
    return platform;
  }

  async function answerAs<Form>(
    request: Request,
    form: (answer: Answer, nowMs: number, request: Request) => Form | Promise<Form>,
  ): Promise<Form> {
    const read = await readCall(request, now(), clientIp, (token) => world.tokens.ownerOf(token));
    const call = { ...read, callsAhead: traffic.enter(read) };
    const line = log.open(call);
    requestsUnderWay.add(request);
    try {
      call.signal.throwIfAborted();
      const given = await answer(call, line);
      const formed = await form(given, call.nowMs, request);
      line.ended(given.errcode ?? given.status);
      return formed;
    } catch (error) {
      line.ended(error instanceof NetworkFailure ? "network-failure" : "aborted");
      throw error;
    } finally {
      traffic.leave(call);
      requestsUnderWay.delete(request);
    }
  }

  const handle = (request: Request) => answerAs(request, deliver);

  const addRecording: Simulator["addRecording"] = (appId, mediaId, bytes, recording = {}) => {
    requireAccount(appId);
    world.recordings.add(appId, mediaId, bytes, now(), recording);
  };

  return {
    transcriber,
    handle,
    handleOnWire: (request) => answerAs(request, deliverOnWire),
    now,
    issueCloudToken(appId) {
      requireAccount(appId);
      return world.cloud.issue(appId, now());
    },
    pushTicket: async (componentAppId) => pushTicket(requirePlatform(componentAppId), now()),
    async pushAuthorized(componentAppId, appId, permissionSets = [1, 11]) {
      requireAccount(appId);
      return pushAuthorized(requirePlatform(componentAppId), appId, permissionSets, now());
    },
    pushUnauthorized: async (componentAppId, appId) =>
      pushUnauthorized(requirePlatform(componentAppId), appId, now()),
    handleInCloud: (request, environment) => inCloud(request, environment, world.cloud, now(), handle),
    addRecording,
    addSound(appId, mediaId, kind, { seconds = 1, ...recording } = {}) {
      const { contentType, make } = SOUND_KINDS[kind];
      addRecording(appId, mediaId, make(seconds), { contentType, ...recording });
    },
    misbehave: rules.add,
    behave: rules.clear,
    revokeTokens(appId, aftermath = "normal-mode-renews") {
      requireAccount(appId);
      world.tokens.revoke(appId, now(), aftermath);
    },
    expireTokens(appId) {
      requireAccount(appId);
      world.tokens.expire(appId, now());
    },
    ticketOf(appId, kind = "jsapi") {
      requireAccount(appId);
      return world.tickets.latest(appId, kind)?.value ?? null;
    },
    limitCalls(appId, limits, path) {
      requireAccount(appId);
      world.limits.set(appId, path ?? null, limits);
    },
    calls: (filter = {}) => log.list(filter),
    reset() {
      rules.clear();
      log.clear();
      transcriber.reset();
      world = createWorld(options);
    },
  };
}

function createWorld(options: SimulatorOptions): World {
  const accounts = new Map<string, Account>();
  for (const account of options.accounts ?? []) {
    if (accounts.has(account.appId)) throw new Error(`the account "${account.appId}" is listed twice`);
    accounts.set(account.appId, createAccount(account));
  }
  return {
    accounts,
    tokens: createTokenBook(),
    tickets: createTicketBook(),
    recordings: createRecordingShelf(),
    cloud: createCloudBook(),
    platforms: createPlatformBook(options.platforms ?? []),
    limits: createCallLimitBook(),
  };
}

function ask(desk: Desk, endpoint: Endpoint, call: IncomingCall, world: World): Answer {
  try {
    const account = call.appId === null ? undefined : world.accounts.get(call.appId);
    if (account) world.limits.check(account, call, desk.limits);
    return endpoint(call, world);
  } catch (error) {
    if (error instanceof WechatError) return desk.refuse(error, call);
    throw error;
  }
}

function unknownPath({ method, path }: IncomingCall): Answer {
  const known = Object.keys({ ...OFFICIAL_DESK.endpoints, ...WORK_DESK.endpoints }).join(", ");
  return pageAnswer(501, "text/plain", `the simulator does not know ${method} ${path}; it knows ${known}`);
}
