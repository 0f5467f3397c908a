/**
 * A WeChat stand-in: one pure `handle(Request)`, built from Web APIs only. Tests put it in fetch's place;
 * `server.ts` puts it behind a real socket. It answers what it knows and says so loudly when it doesn't know.
 */
import { type Account, createAccount, type SimulatorAccount } from "./account.ts";
import { type Answer, errorAnswer, pageAnswer } from "./answer.ts";
import { type CallFilter, createCallLog, type OpenCall, type SimulatorCall } from "./call-log.ts";
import { type CloudEnvironment, createCloudBook, inCloud } from "./cloud.ts";
import { deliver } from "./delivery.ts";
import type { Endpoint, World } from "./endpoint.ts";
import { WechatError } from "./errors.ts";
import { NetworkFailure, replacement, reshape } from "./faults.ts";
import { type IncomingCall, readCall } from "./incoming-call.ts";
import { MEDIA_ENDPOINTS } from "./media.ts";
import { createRuleBook, type MisbehaviourRule, REPLACING } from "./misbehaviour.ts";
import { PLATFORM_ENDPOINTS } from "./platform.ts";
import { createPlatformBook, type Platform, type SimulatorPlatform } from "./platform-book.ts";
import { pushAuthorized, pushTicket, pushUnauthorized } from "./platform-pushes.ts";
import { QUOTA_ENDPOINTS } from "./quota.ts";
import { createRecordingShelf, type RecordingOptions } from "./recordings.ts";
import { sleep } from "./sleep.ts";
import { type Aftermath, createTokenBook } from "./token-book.ts";
import { TOKEN_ENDPOINTS } from "./tokens.ts";
import { isAtWork, WORK_ENDPOINTS } from "./work.ts";

export type { CloudEnvironment, MisbehaviourRule, SimulatorAccount, SimulatorCall, SimulatorPlatform };

export interface SimulatorOptions {
  accounts?: readonly SimulatorAccount[];
  platforms?: readonly SimulatorPlatform[];
  now?: () => number;
  /** Where calls seem to come from when no server tells. Default 127.0.0.1. */
  clientIp?: string;
}

export interface Simulator {
  /** Answers as WeChat would. Rejects only as fetch does: on an abort or a simulated network failure. */
  handle(request: Request): Promise<Response>;
  addRecording(appId: string, mediaId: string, bytes: Uint8Array, options?: RecordingOptions): void;
  misbehave(rule: MisbehaviourRule): void;
  /** Drops all rules. */
  behave(): void;
  /** Every token issued so far is refused with 40001. */
  revokeTokens(appId: string, aftermath?: Aftermath): void;
  /** Every token issued so far is refused with 42001. */
  expireTokens(appId: string): void;
  calls(filter?: CallFilter): SimulatorCall[];
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

const ENDPOINTS: Readonly<Record<string, Endpoint>> = {
  ...TOKEN_ENDPOINTS,
  ...MEDIA_ENDPOINTS,
  ...QUOTA_ENDPOINTS,
  ...PLATFORM_ENDPOINTS,
};

export function createSimulator(options: SimulatorOptions = {}): Simulator {
  const now = options.now ?? Date.now;
  const clientIp = options.clientIp ?? "127.0.0.1";
  const rules = createRuleBook();
  const log = createCallLog();
  let world = createWorld(options);

  async function answer(call: IncomingCall, line: OpenCall): Promise<Answer> {
    const endpoint = (isAtWork(call, world) ? WORK_ENDPOINTS : ENDPOINTS)[call.path];
    if (!endpoint) return unknownPath(call);

    const delay = rules.fire(["delay"], call);
    if (delay) {
      line.misbehaved("delay");
      await sleep(delay.delayMs, call.signal);
    }
    const replacing = rules.fire(REPLACING, call);
    if (replacing) line.misbehaved(replacing.kind);
    const honest = replacing ? await replacement(replacing, call) : ask(endpoint, call, world);
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

  async function handle(request: Request): Promise<Response> {
    const call = await readCall(request, now(), clientIp, (token) => world.tokens.ownerOf(token));
    const line = log.open(call);
    try {
      call.signal.throwIfAborted();
      const given = await answer(call, line);
      line.ended(given.errcode ?? given.status);
      return deliver(given, call.nowMs, call.signal);
    } catch (error) {
      line.ended(error instanceof NetworkFailure ? "network-failure" : "aborted");
      throw error;
    }
  }

  return {
    handle,
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
    addRecording(appId, mediaId, bytes, recording = {}) {
      requireAccount(appId);
      world.recordings.add(appId, mediaId, bytes, now(), recording);
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
    calls: (filter = {}) => log.list(filter),
    reset() {
      rules.clear();
      log.clear();
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
    recordings: createRecordingShelf(),
    cloud: createCloudBook(),
    platforms: createPlatformBook(options.platforms ?? []),
  };
}

function ask(endpoint: Endpoint, call: IncomingCall, world: World): Answer {
  try {
    return endpoint(call, world);
  } catch (error) {
    if (error instanceof WechatError) return errorAnswer(error, call.nowMs);
    throw error;
  }
}

function unknownPath({ method, path }: IncomingCall): Answer {
  const known = Object.keys({ ...ENDPOINTS, ...WORK_ENDPOINTS }).join(", ");
  return pageAnswer(501, "text/plain", `the simulator does not know ${method} ${path}; it knows ${known}`);
}
