/** The voice keepers of the Worker under test: what they do behind an answer that has been given. */
import { evictAllDurableObjects, listDurableObjectIds, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";

/** What test/support/worker.ts adds to a keeper. */
export interface Settling {
  /** Resolves when nothing goes on in it. */
  settled(): Promise<void>;
}

/** Resolves when what the keepers are doing now has been stored, or has failed. */
export async function voicesSettled(): Promise<void> {
  const ids = await listDurableObjectIds(env.VOICE_KEEPER);
  await Promise.all(
    ids.map((id) =>
      runInDurableObject(env.VOICE_KEEPER.get(id) as never, (keeper) =>
        (keeper as unknown as Settling).settled(),
      ),
    ),
  );
}

/** Keepers that live already begin anew, with the test's settings and no memory. */
export async function renewKeepers(): Promise<void> {
  await voicesSettled();
  await evictAllDurableObjects();
}
