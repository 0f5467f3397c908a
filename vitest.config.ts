import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";
import { BINDINGS } from "./test/support/bindings.ts";

/** As wrangler.toml has it. */
const JOB_CONSUMER = { maxBatchSize: 10, maxRetries: 20, deadLetterQueue: "hdvoice-jobs-dead" };

export default defineConfig({
  test: {
    // The cache remembers that a not yet built speex.wasm was missing, and keeps saying so.
    fsModuleCache: false,
    projects: [
      {
        plugins: [
          cloudflareTest({
            main: "./test/support/worker.ts",
            remoteBindings: false,
            wrangler: { configPath: "./wrangler.toml" },
            miniflare: {
              bindings: BINDINGS,
              queueConsumers: {
                // Tests needn't wait for a batch to fill.
                "hdvoice-jobs": { ...JOB_CONSUMER, maxBatchTimeout: 0.01 },
                "hdvoice-jobs-dead": { maxBatchTimeout: 0.01 },
              },
            },
          }),
        ],
        test: {
          name: "worker",
          setupFiles: ["test/support/setup.ts"],
          isolate: false,
          include: ["test/**/*.test.ts"],
          exclude: ["test/e2e/**", "test/tools/**", "test/audio/speex/**"],
        },
      },
      {
        test: {
          name: "node",
          include: ["test/e2e/**/*.test.ts", "test/tools/**/*.test.ts", "test/audio/speex/**/*.test.ts"],
          environment: "node",
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
