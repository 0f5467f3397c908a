/** The real program, ended by real signals in the middle of its work. */
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { afterEach, describe, expect, it } from "vitest";
import { until } from "../../support/until.ts";
import { type FakeGateway, fakeGateway, KEY } from "./gateway-support.ts";
import { files, put, start, VOICE } from "./support.ts";

const SIGNALS = [
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const;

let gateway: FakeGateway | undefined;
afterEach(() => gateway?.close());

function startWithKey(...args: string[]) {
  const child = start(args, { env: { HDVOICE_KEY: KEY } });
  return { child, ended: once(child, "close"), printed: text(child.stdout), said: text(child.stderr) };
}

describe.each(SIGNALS)("%s", (signal, exitCode) => {
  it("ends a pull: half a voice is removed, whole ones stay, and it says how to go on", async () => {
    gateway = await fakeGateway((path, response) => {
      if (path !== "/v1/voices/slow.wav") return void response.end(path);
      response.writeHead(200, { "content-length": "10" });
      response.write("half ");
    });
    put("ids.txt", "a\nslow\nb\n");
    const { child, ended, printed, said } = startWithKey(
      ...["pull", "--ids", "ids.txt", "--out", "voices", "--concurrency", "1", "--gateway", gateway.origin],
    );
    await until(() =>
      expect(files()).toEqual(["ids.txt", "voices", expect.stringMatching(/\.part$/), "voices/a.wav"]),
    );
    child.kill(signal);
    expect(await ended).toEqual([exitCode, null]);
    expect(files()).toEqual(["ids.txt", "voices", "voices/a.wav"]);
    expect(await printed).toBe("done       1\ngone       0\nfailed     0\nnot tried  2\n");
    expect(await said).toMatch(/interrupted; the same command continues/);
  });

  it("ends a watch at once, and says that the job goes on", async () => {
    gateway = await fakeGateway((_, response) => {
      const counts = { queued: 1, waiting: 0, ready: 0, failed: 0, cancelled: 0 };
      response.end(JSON.stringify({ state: "running", counts, items: [{ mediaId: "a", state: "queued" }] }));
    });
    const { child, ended, printed, said } = startWithKey(
      ...["watch", "j_1", "--interval", "600", "--gateway", gateway.origin],
    );
    await until(() => expect(gateway?.asked).toHaveLength(1));
    child.kill(signal);
    expect(await ended).toEqual([exitCode, null]);
    expect(await printed).toBe("");
    expect(await said).toMatch(/interrupted; the job goes on/);
  });

  it("ends a watch that waits for an answer", async () => {
    gateway = await fakeGateway(() => {});
    const { child, ended } = startWithKey("watch", "j_1", "--gateway", gateway.origin);
    await until(() => expect(gateway?.asked).toHaveLength(1));
    child.kill(signal);
    expect(await ended).toEqual([exitCode, null]);
  });

  it("ends a decode: half a sound is removed, and it says how to go on", async () => {
    const { child, ended, said } = startWithKey("decode", "-", "sound.wav");
    child.stdin.write(VOICE);
    await until(() => expect(files()).toEqual([expect.stringMatching(/^\.hdvoice-.*\.part$/)]));
    child.kill(signal);
    expect(await ended).toEqual([exitCode, null]);
    expect(files()).toEqual([]);
    expect(await said).toBe("hdvoice: interrupted: 0 of 1 voice decoded. To go on, name the others.\n");
  });

  it("ends an info that waits for its input", async () => {
    put("a.speex", VOICE);
    const { child, ended, printed } = startWithKey("info", "a.speex", "-");
    let out = "";
    child.stdout.on("data", (chunk) => {
      out += chunk;
    });
    await until(() => expect(out).toContain("a.speex"));
    child.kill(signal);
    expect(await ended).toEqual([exitCode, null]);
    expect(await printed).toContain("a.speex");
  });
});
