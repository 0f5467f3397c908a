/** The WeChat stand-in, whose answers can be stopped in the middle for as long as a test likes. */
import type { Simulator } from "../../tools/simulator/simulator.ts";

interface Hold {
  readonly afterBytes: number;
  readonly released: Promise<void>;
}

export interface Holds {
  /** To be served in the place of the one that was given. */
  readonly simulator: Simulator;
  /** From now on, bodies for this media id stop after so many bytes, until what is returned is called. */
  hold(mediaId: string, afterBytes: number): () => void;
}

export function holdBodies(simulator: Simulator): Holds {
  const holds = new Map<string, Hold>();
  return {
    simulator: {
      ...simulator,
      async handleOnWire(request) {
        const answer = await simulator.handleOnWire(request);
        const hold = holds.get(new URL(request.url).searchParams.get("media_id") ?? "");
        if (hold === undefined || answer.response.body === null) return answer;
        const { status, headers } = answer.response;
        const body = answer.response.body.pipeThrough(stopper(hold));
        return { ...answer, response: new Response(body, { status, headers }) };
      },
    },
    hold(mediaId, afterBytes) {
      const { promise: released, resolve } = Promise.withResolvers<void>();
      holds.set(mediaId, { afterBytes, released });
      return () => {
        holds.delete(mediaId);
        resolve();
      };
    },
  };
}

function stopper({ afterBytes, released }: Hold): TransformStream<Uint8Array, Uint8Array> {
  let passedBytes = 0;
  return new TransformStream({
    async transform(chunk, controller) {
      const before = chunk.subarray(0, Math.max(0, afterBytes - passedBytes));
      passedBytes += before.length;
      if (before.length > 0) controller.enqueue(before);
      if (before.length === chunk.length) return;
      await released;
      controller.enqueue(chunk.subarray(before.length));
    },
  });
}
