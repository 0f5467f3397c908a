/** `npm run demo -- --keep` as it is, from its start to the signal that ends it. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, expect, it } from "vitest";
import { until } from "../../support/until.ts";

afterAll(() => {
  for (const form of ["speex", "wav", "ogg"]) rmSync(`demo.${form}`, { force: true });
});

function start(env: Record<string, string> = {}) {
  return spawn(process.execPath, ["tools/local/demo.ts", "--keep"], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

it("fetches a voice twice, once of WeChat, and at SIGTERM ends with all that it has started", async () => {
  const demo = start();
  const ended = once(demo, "exit");
  let said = "";
  demo.stdout.on("data", (chunk) => {
    said += chunk;
  });
  await until(() => expect(said).toContain("Still serving; Ctrl+C stops it."));
  expect(said).toContain("Cache-Status: hdvoice; fwd=uri-miss; stored");
  expect(said).toContain("Cache-Status: hdvoice; hit");
  expect(said).toContain("  你好，这是一条高清语音，到处都能播放。");
  expect(said.match(/GET \/cgi-bin\/media\/get\/jssdk/g)).toHaveLength(1);
  expect(readFileSync("demo.wav").subarray(0, 4).toString()).toBe("RIFF");
  const origins = [...said.matchAll(/^ {2}(?:WeChat simulator|hdvoice) +(http:\S+)$/gm)].map(
    ([, url]) => url,
  );
  expect(origins).toHaveLength(2);

  demo.kill("SIGTERM");
  expect(await ended).toEqual([0, null]);
  for (const origin of origins)
    await until(() => expect(fetch(origin ?? "")).rejects.toThrow("fetch failed"));
});

it("says in words that its port is taken", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  const address = other.address();
  const port = typeof address === "object" ? address?.port : null;
  const demo = start({ PORT: String(port) });
  const said = text(demo.stderr);
  expect(await once(demo, "exit")).toEqual([1, null]);
  expect(await said).toBe(
    `The demo failed: Port ${port} on 127.0.0.1 is in use. Choose another one with PORT=… npm run …\n`,
  );
  other.close();
});
