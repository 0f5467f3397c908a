/**
 * How WeChat is reached, and how patient we are with it: time-outs, attempts, back-off and the
 * change to the next host. Knows nothing of what is asked for.
 */
import { ServiceError } from "../errors.ts";
import type { World } from "../world.ts";
import type { HostHealth } from "./hosts.ts";

export interface Transport extends World {
  readonly hosts: HostHealth;
  readonly patience: Patience;
}

export interface Patience {
  /** From sending the request until the status line has arrived. */
  readonly answerTimeoutMs: number;
  /** Longest silence inside a body. */
  readonly stallTimeoutMs: number;
  readonly attemptsPerOrigin: number;
  /** Mean pause before the first repetition; doubles each time. */
  readonly backoffMs: number;
  /** No further attempt is begun after this. */
  readonly deadlineMs: number;
}

/** Seconds after which a failure of this kind has often passed. */
export const UNAVAILABLE_WAIT_SECONDS = 10;

/** A caller's own time-out is commonly 30 s: an answer in words after 20 s is worth more to it than silence. */
export const DEFAULT_PATIENCE: Patience = {
  answerTimeoutMs: 8_000,
  stallTimeoutMs: 8_000,
  attemptsPerOrigin: 3,
  backoffMs: 200,
  deadlineMs: 20_000,
};

export function createTransport(
  world: World,
  hosts: HostHealth,
  patience: Patience = DEFAULT_PATIENCE,
): Transport {
  return { ...world, hosts, patience };
}

/**
 * Runs `attempt` against one origin after another until one succeeds. Only `wechat-unavailable` is worth
 * repeating, and only where no host has answered in WeChat's own words is it worth asking another host.
 */
export async function withRetries<T>(
  origins: readonly string[],
  transport: Transport,
  attempt: (origin: string) => Promise<T>,
): Promise<T> {
  const { attemptsPerOrigin, backoffMs, deadlineMs } = transport.patience;
  const startedAtMs = transport.nowMs();
  let last: unknown = null;
  for (const origin of transport.hosts.healthyFirst(origins, startedAtMs)) {
    for (let index = 0; index < attemptsPerOrigin; index++) {
      if (index > 0) await transport.sleep(2 * backoffMs * 2 ** (index - 1) * transport.random());
      if (last !== null && transport.nowMs() - startedAtMs > deadlineMs) throw last;
      try {
        const result = await attempt(origin);
        transport.hosts.markUp(origin);
        return result;
      } catch (error) {
        if (!isTransient(error)) throw error;
        last = error;
      }
    }
    if (hasAnswered(last)) break;
    transport.hosts.markDown(origin, transport.nowMs());
  }
  throw last ?? new ServiceError("wechat-unavailable", "No WeChat host is configured.");
}

/** Why a status is final: a redirect, or a 4xx that blames the request, is the same the next time. */
class FinalStatus extends Error {}

function isTransient(error: unknown): boolean {
  const unavailable = error instanceof ServiceError && error.code === "wechat-unavailable";
  return unavailable && !(error.cause instanceof FinalStatus);
}

/** A host that says no in WeChat's own words is up. */
function hasAnswered(error: unknown): boolean {
  return error instanceof ServiceError && error.wechat !== null;
}

/** One request, given up after `answerTimeoutMs`. Whatever is not 2xx becomes `wechat-unavailable`. */
export async function request(transport: Transport, url: string, init: RequestInit = {}): Promise<Response> {
  const response = await send(transport, url, init);
  if (response.ok) return response;
  // A broken body rejects here; what counts is that it is let go.
  await response.body?.cancel().catch(() => {});
  const detail = `${new URL(url).host} answered with HTTP status ${response.status}.`;
  throw (response.status < 500 ? unavailableForNow : unavailable)(detail);
}

/** As `request`, but whatever status comes back is an answer. */
export async function send(transport: Transport, url: string, init: RequestInit): Promise<Response> {
  const controller = new AbortController();
  const stopTimer = transport.startTimer(transport.patience.answerTimeoutMs, () => controller.abort());
  try {
    return await transport.fetch(url, {
      ...init,
      // A relay that redirects would be handed the token in the query.
      redirect: "manual",
      signal: controller.signal,
    });
  } catch (cause) {
    // The runtime's own text can quote the URL, and with it the token: it goes no further.
    const what = controller.signal.aborted ? "did not answer in time" : "could not be reached";
    throw unavailable(`${new URL(url).host} ${what}.`, cause);
  } finally {
    stopTimer();
  }
}

export function unavailable(detail: string, cause?: unknown): ServiceError {
  return new ServiceError("wechat-unavailable", detail, {
    retryAfterSeconds: UNAVAILABLE_WAIT_SECONDS,
    cause,
  });
}

/** The same, where it makes no sense to ask again at once. */
export function unavailableForNow(detail: string): ServiceError {
  return unavailable(detail, new FinalStatus());
}
