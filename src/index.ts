import { app } from "./app.ts";
import type { Env } from "./env.ts";

export { PlatformKeeper } from "./wechat/platform/keeper.ts";
export { TokenKeeper } from "./wechat/token/keeper.ts";

export default {
  fetch: app.fetch,
} satisfies ExportedHandler<Env>;
