import { app } from "./app.ts";
import type { Env } from "./env.ts";
import { handleQueue } from "./queue.ts";

export default {
  fetch: app.fetch,
  queue: handleQueue,
} satisfies ExportedHandler<Env>;
