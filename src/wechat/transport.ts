/**
 * How WeChat is reached, and for how long: time-outs, attempts, back-off and the
 * change to the next host. Knows nothing of what is asked for.
 */
import { ServiceError } from "../errors.ts";
import type { World } from "../world.ts";
import { Deadline } from "./deadline.ts";
import type { HostHealth } from "./hosts.ts";

export interface Transport extends World {
  readonly hosts: HostHealth;
  readonly patience: Patience;
}

export interface Patience {
  /** From sending the request until the answer is understood: a voice's first bytes are here, or all of any other body. */
  readonly answerTimeoutMs: number;
  /** Longest silence inside a voice. */
  readonly stallTimeoutMs: number;
  readonly attemptsPerOrigin: number;
  /** Mean pause before the first repetition; doubles each time. */
  readonly backoffMs: number;
  /** All attempts together, with whatever they wait for. */
  readonly deadlineMs: number;
  /** A voice that has begun to arrive, and is being passed on, may take so much longer until its end. */
  readonly bodyDeadlineMs: number;
  /** How often a deadline looks at the work (deadline.ts). */
  readonly lookEveryMs: number;
}

/** Seconds after which a failure of this kind has often passed. */
export const UNAVAILABLE_WAIT_SECONDS = 10;

/** A caller's own time-out is commonly 30 s: so it should get a problem after 20 s, not nothing. */
export const DEFAULT_PATIENCE: Patience = {
  answerTimeoutMs: 8_000,
  stallTimeoutMs: 8_000,
  attemptsPerOrigin: 3,
  backoffMs: 200,
  deadlineMs: 20_000,
  bodyDeadlineMs: 40_000,
  lookEveryMs: 2_000,
};

export function createTransport(
  world: World,
  hosts: HostHealth,
  patience: Patience = DEFAULT_PATIENCE,
): Transport {
  return { ...world, hosts, patience };
}

/** For all attempts of one call. To be stopped when the call is answered. */
export function startDeadline(transport: Transport): Deadline {
  const { lookEveryMs, deadlineMs } = transport.patience;
  return new Deadline(transport, lookEveryMs, deadlineMs);
}

/**
 * Runs `attempt` against one origin after another until one succeeds. Only `wechat-unavailable` is worth
 * repeating, and another host is asked only if this one gave no answer of WeChat's.
 */
export async function withRetries<T>(
  origins: readonly string[],
  transport: Transport,
  deadline: Deadline,
  attempt: (origin: string) => Promise<T>,
): Promise<T> {
  const { attemptsPerOrigin, backoffMs, deadlineMs } = transport.patience;
  const startedAtMs = transport.nowMs();
  let last: unknown = null;
  for (const origin of transport.hosts.healthyFirst(origins, startedAtMs)) {
    for (let index = 0; index < attemptsPerOrigin; index++) {
      if (index > 0) await transport.sleep(2 * backoffMs * 2 ** (index - 1) * transport.random());
      const isLate = deadline.isOver || transport.nowMs() - startedAtMs > deadlineMs;
      if (last !== null && isLate) throw last;
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

/** A host that refuses with WeChat's own error is up. */
function hasAnswered(error: unknown): boolean {
  return error instanceof ServiceError && error.wechat !== null;
}

/**
 * One request, and what `read` makes of its answer; both together may take `answerTimeoutMs`. Fails with
 * `wechat-unavailable`, or as `read` does.
 */
export async function exchange<T>(
  transport: Transport,
  deadline: Deadline,
  url: string,
  init: RequestInit,
  read: (response: Response) => Promise<T>,
): Promise<T> {
  const { host } = new URL(url);
  const controller = new AbortController();
  const late = Promise.withResolvers<never>();
  let hasAnswered = false;
  deadline.step(transport.patience.answerTimeoutMs, () => {
    late.reject(unavailable(`${host} did not answer in time.`));
    controller.abort();
  });
  const answer = async () => {
    const response = await transport.fetch(url, {
      ...init,
      // A relay that redirects would be handed the token in the query.
      redirect: "manual",
      signal: controller.signal,
    });
    hasAnswered = true;
    return read(response);
  };
  try {
    return await Promise.race([answer(), late.promise]);
  } catch (cause) {
    if (cause instanceof ServiceError) throw cause;
    // The runtime's own text can quote the URL, and with it the token: it is not passed on.
    throw unavailable(`${host} ${hasAnswered ? "broke off its answer" : "could not be reached"}.`, cause);
  } finally {
    deadline.rest();
  }
}

/** Cancels an answer that is not 2xx, and fails with `wechat-unavailable`. */
export async function requireOk(response: Response, url: string): Promise<void> {
  if (response.ok) return;
  // The cancelling of a broken body rejects, which doesn't matter.
  await response.body?.cancel().catch(() => {});
  const detail = `${new URL(url).host} answered with HTTP status ${response.status}.`;
  throw (response.status < 500 ? unavailableForNow : unavailable)(detail);
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
