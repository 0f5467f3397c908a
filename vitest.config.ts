import { globSync, readFileSync } from "node:fs";
import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";
import { BINDINGS } from "./test/support/bindings.ts";

/** As wrangler.toml has it. */
const JOB_CONSUMER = { maxBatchSize: 10, maxRetries: 20, deadLetterQueue: "hdvoice-jobs-dead" };

/** In Node: tools, whole gateways over real sockets, and the decoder against its slow model. */
const IN_NODE = ["test/e2e/**/*.test.ts", "test/tools/**/*.test.ts", "test/audio/speex/**/*.test.ts"];
/** A tool that stands in for WeChat in both. */
const SIMULATOR_IN_WORKERD = "test/tools/simulator/in-workerd.test.ts";
/** In workerd, all the others. Those that need no gateway are spared its set-up, and the reset after each test. */
const inWorkerd = globSync("test/**/*.test.ts", { exclude: IN_NODE });
const NEEDS_GATEWAY =
  /from "(?:cloudflare:[a-z]+|[^"]*\/support\/(?:gateway|jobs|job-queue|platform|isolates|worker|world)\.ts)"/;
const ofGateway = inWorkerd.filter((file) => NEEDS_GATEWAY.test(readFileSync(file, "utf8")));
const pure = [SIMULATOR_IN_WORKERD, ...inWorkerd.filter((file) => !ofGateway.includes(file))];

export default defineConfig({
  test: {
    // The cache remembers that a not yet built speex.wasm was missing, and keeps saying so.
    fsModuleCache: false,
    // Long enough for a machine that is busy with something else: what a test waits for is a state.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    projects: [
      {
        extends: true,
        plugins: [
          cloudflareTest({
            remoteBindings: false,
            miniflare: {
              compatibilityDate: "2026-10-20",
              modulesRules: [{ type: "CompiledWasm", include: ["**/*.wasm"] }],
            },
          }),
        ],
        test: { name: "pure", isolate: false, include: pure },
      },
      {
        extends: true,
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
        test: { name: "worker", setupFiles: ["test/support/setup.ts"], isolate: false, include: ofGateway },
      },
      {
        extends: true,
        test: { name: "node", include: IN_NODE, exclude: [SIMULATOR_IN_WORKERD], environment: "node" },
      },
    ],
  },
});
