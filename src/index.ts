import { app } from "./app.ts";
import type { Env } from "./env.ts";
import { handleQueue } from "./queue.ts";

export { PlatformKeeper } from "./keepers/platform-keeper.ts";
export { TokenKeeper } from "./keepers/token-keeper.ts";

export default {
  fetch: app.fetch,
  queue: handleQueue,
} satisfies ExportedHandler<Env>;
