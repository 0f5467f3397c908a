/**
 * A call to a Durable Object of ours. The object may be moved, restarted by a deployment or killed while it answers:
 * then it is called again, which is harmless, for it decides by what it has stored.
 */
import { ServiceError } from "../errors.ts";
import { type Reply, unwrap } from "../failure.ts";
import type { World } from "../world.ts";

const ATTEMPTS = 3;
const PAUSE_MS = 100;
const RETRY_AFTER_SECONDS = 5;

/** `call` gets a new stub each time: one that has failed stays broken. Fails with a ServiceError. */
export async function callObject<T>(
  call: () => Promise<Reply<T>>,
  { sleep }: Pick<World, "sleep">,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    let reply: Reply<T>;
    try {
      reply = await call();
    } catch (error) {
      if (attempt < ATTEMPTS && !isOverloaded(error)) {
        await sleep(PAUSE_MS * attempt);
        continue;
      }
      throw new ServiceError("wechat-unavailable", "The keeper that does this could not be reached.", {
        retryAfterSeconds: RETRY_AFTER_SECONDS,
        cause: error,
      });
    }
    return unwrap(reply);
  }
}

/** To call an overloaded object again makes it worse: developers.cloudflare.com/durable-objects/best-practices/error-handling */
function isOverloaded(error: unknown): boolean {
  return typeof error === "object" && error !== null && "overloaded" in error && error.overloaded === true;
}
