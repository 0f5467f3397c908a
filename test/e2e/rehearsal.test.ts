/** The rehearsal, at the time that it is for: while a Worker starts, when the runtime forbids much of what requests may do. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { expect, it } from "vitest";
import { bundleWorker } from "../../tools/bench/gateway-workerd.ts";
import { readWranglerSettings } from "../../tools/bench/runtime/settings.ts";

it("serves hits, a range, a 304 and a miss, and decodes a voice from the store and from WeChat", async () => {
  const folder = mkdtempSync(join(tmpdir(), "hdvoice-rehearsal-"));
  const modules = bundleWorker(folder, "test/support/rehearsing-worker.ts").map((path) => ({
    type: path.endsWith(".wasm") ? ("CompiledWasm" as const) : ("ESModule" as const),
    path: path.endsWith(".wasm") ? `./${path}` : path,
    contents: readFileSync(join(folder, path)),
  }));
  const { compatibilityDate } = readWranglerSettings();
  const miniflare = new Miniflare(convertV4MiniflareOptions({ modules, compatibilityDate, cf: false }));
  try {
    const response = await miniflare.dispatchFetch("http://rehearsal.test/");
    expect(await response.json()).toEqual([
      { what: "/v1/voices/stored.wav", outcome: "200" },
      { what: "/v1/voices/stored.wav", outcome: "206" },
      { what: "/v1/voices/stored.wav", outcome: "304" },
      { what: "/v1/voices/stored", outcome: "200" },
      { what: "/v1/apps/wx0000000000000000/voices/stored.speex", outcome: "200" },
      { what: "/v1/voices/new.wav", outcome: "200" },
      { what: "encoded, opened by its keeper", outcome: "700 bytes" },
      { what: "encoded, kept as WAV", outcome: "source and wav" },
      { what: "new, opened by its keeper", outcome: expect.stringMatching(/^\d+ bytes$/) },
      { what: "new, kept as WAV", outcome: "source and wav" },
    ]);
  } finally {
    await miniflare.dispose();
    rmSync(folder, { recursive: true, force: true });
  }
});
