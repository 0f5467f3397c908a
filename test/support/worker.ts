/** The Worker under test. All files of a run share one workerd, so its queue is kept to the test that goes on now. */
import worker from "../../src/index.ts";
import { work } from "./queue-watch.ts";

export { PlatformKeeper, TokenKeeper } from "../../src/index.ts";

export default {
  fetch: worker.fetch,
  queue: (batch, env, ctx) => work(batch, (ofThisTest) => worker.queue(ofThisTest, env, ctx)),
} satisfies typeof worker;
