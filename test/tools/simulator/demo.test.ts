import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import {
  createDemoSimulator,
  DEMO_ACCOUNT,
  DEMO_CORP,
  describeDemo,
} from "../../../tools/simulator/demo-simulator.ts";
import { MANNERS } from "../../../tools/simulator/manners.ts";
import { startSimulatorServer } from "../../../tools/simulator/server.ts";
import { SOUND_KINDS } from "../../../tools/simulator/sounds/kinds.ts";
import {
  askOf,
  classicToken,
  createClock,
  createTestSimulator,
  frames,
  getMedia,
  tokenIn,
} from "./support.ts";

describe("the demo simulator", () => {
  it("serves every *.speex of a folder under its name", async () => {
    const folder = await mkdtemp(join(tmpdir(), "hdvoice-voices-"));
    try {
      await writeFile(join(folder, "hello there.speex"), frames(2));
      await writeFile(join(folder, "README.md"), "no voice");
      const demo = await createDemoSimulator(pathToFileURL(`${folder}/`));
      expect(demo.voices).toEqual([{ mediaId: "hello-there", lengthBytes: 120 }]);

      const ask = askOf(demo.simulator);
      const token = await tokenIn(classicToken(ask, DEMO_ACCOUNT.appId, DEMO_ACCOUNT.secret));
      expect(await (await getMedia(ask, token, "hello-there")).bytes()).toEqual(frames(2));
      expect(describeDemo(demo, "http://x")).toContain("hello-there  120 bytes");
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("serves a second of every other kind of sound from both downloads", async () => {
    const { simulator } = await createDemoSimulator(pathToFileURL("/no/such/folder/"));
    const ask = askOf(simulator);
    const token = await tokenIn(classicToken(ask, DEMO_ACCOUNT.appId, DEMO_ACCOUNT.secret));
    for (const [kind, { contentType, make }] of Object.entries(SOUND_KINDS)) {
      for (const path of ["/cgi-bin/media/get/jssdk", "/cgi-bin/media/get"]) {
        const response = await ask(`${path}?access_token=${token}&media_id=${kind}`);
        expect(response.headers.get("content-type")).toBe(contentType);
        expect(await response.bytes()).toEqual(make(1));
      }
    }
  });

  it("serves WeCom's side too", async () => {
    const { simulator } = await createDemoSimulator();
    const ask = (path: string) => simulator.handle(new Request(`https://qyapi.weixin.qq.com${path}`));
    const query = `corpid=${DEMO_CORP.appId}&corpsecret=${DEMO_CORP.secret}`;
    const token = await tokenIn(ask(`/cgi-bin/gettoken?${query}`));
    expect(await (await getMedia(ask, token, "short-half-second")).bytes()).toHaveLength(1_500);
  });

  it("names every way to misbehave, and where each is explained", async () => {
    const description = describeDemo(await createDemoSimulator(), "http://x");
    for (const kind of Object.keys(MANNERS)) expect(description).toContain(` ${kind}`);
    expect(description).toContain("curl http://x/_simulator/help");
  });

  it("says so when there is no voice to serve", async () => {
    const demo = await createDemoSimulator(pathToFileURL("/no/such/folder/"));
    expect(describeDemo(demo, "http://x")).toContain("none: no *.speex in /no/such/folder/");
  });
});

describe("node tools/simulator/server.ts", () => {
  let child: ChildProcess | null = null;
  afterEach(() => {
    child?.kill("SIGKILL");
  });

  function run(port: string) {
    const started = spawn(process.execPath, ["tools/simulator/server.ts"], {
      env: { ...process.env, SIMULATOR_PORT: port },
      stdio: ["ignore", "pipe", "pipe"],
    });
    child = started;
    return started;
  }

  it.each(["SIGINT", "SIGTERM"] as const)(
    "tells its address, serves, and ends cleanly on %s",
    async (signal) => {
      const running = run("0");
      const [greeting] = await once(running.stdout, "data");
      const origin = /at (http:\S+)/.exec(String(greeting))?.[1];
      const token = await classicToken(
        (path) => fetch(`${origin}${path}`),
        DEMO_ACCOUNT.appId,
        DEMO_ACCOUNT.secret,
      );
      expect(await token.json()).toMatchObject({ expires_in: 7200 });

      running.kill(signal);
      expect(await once(running, "exit")).toEqual([0, null]);
    },
  );

  it("ends with a plain sentence when its port is taken", async () => {
    const taken = await startSimulatorServer({ port: 0, simulator: createTestSimulator(createClock()) });
    const port = new URL(taken.origin).port;
    const refused = run(port);
    const [message, [exitCode]] = await Promise.all([text(refused.stderr), once(refused, "exit")]);
    await taken.close();
    expect(message).toContain(`simulator: port ${port} of 127.0.0.1 is taken; set SIMULATOR_PORT`);
    expect(message).not.toContain("    at ");
    expect(exitCode).toBe(1);
  });

  it("names a SIMULATOR_PORT that is no port", async () => {
    const refused = run("http");
    const [message] = await Promise.all([text(refused.stderr), once(refused, "exit")]);
    expect(message).toContain('SIMULATOR_PORT is no port number: "http"');
  });
});
