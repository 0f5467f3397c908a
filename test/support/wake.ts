/**
 * The runtime lets objects go that have been idle for ten seconds, and `reset` passes those over: what they have
 * stored would be there in the next test. After a long test, all of them are woken first.
 */
import { listDurableObjectIds, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";

const IDLE_MS = 10_000;
const MARGIN_MS = 2_000;

let startedAtMs = 0;

/** A test begins. */
export function startClock(): void {
  startedAtMs = performance.now();
}

/** To be called with real timers. */
export async function wakeObjects(): Promise<void> {
  if (performance.now() - startedAtMs < IDLE_MS - MARGIN_MS) return;
  // Keepers are objects; so are, in this runtime, a bucket, a namespace of KV and a cache.
  await Promise.all([
    ...(await wakeAll(env.TOKEN_KEEPER)),
    ...(await wakeAll(env.PLATFORM_KEEPER)),
    ...(await wakeAll(env.VOICE_KEEPER)),
    env.TOKENS.list({ limit: 1 }),
    env.VOICES.list({ limit: 1 }),
    caches.open("hdvoice-missing-v1").then((cache) => cache.match("https://missing.invalid/")),
  ]);
}

async function wakeAll<T extends Rpc.DurableObjectBranded>(namespace: DurableObjectNamespace<T>) {
  const ids = await listDurableObjectIds(namespace);
  return ids.map((id) => runInDurableObject(namespace.get(id) as never, () => {}));
}
