/** What the runtime hands the Worker: bindings, variables and secrets, as wrangler.toml declares them. */
export interface Env {
  readonly TOKENS: KVNamespace;
  readonly VOICES: R2Bucket;
}

declare global {
  namespace Cloudflare {
    interface GlobalProps {
      mainModule: typeof import("./index.ts");
    }
  }
}
