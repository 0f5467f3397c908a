import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { pull } from "../../../tools/cli/pull.ts";
import { type FakeGateway, fakeGateway, fakeTerminal, KEY, problem } from "./gateway-support.ts";

let folder: string;
let gateway: FakeGateway;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hdvoice-pull-"));
});
afterEach(async () => {
  await gateway?.close();
  rmSync(folder, { recursive: true, force: true });
});

const out = () => join(folder, "voices");
const files = () => readdirSync(out()).sort();

function options(ids: string, ...more: string[]): string[] {
  writeFileSync(join(folder, "ids.txt"), ids);
  return ["--ids", join(folder, "ids.txt"), "--out", out(), "--gateway", gateway.origin, ...more];
}

describe("hdvoice pull", () => {
  it("writes each voice to a file, and says what is gone and what failed, and why", async () => {
    gateway = await fakeGateway((path, response, request) => {
      if (request.headers.authorization !== `Bearer ${KEY}`) return problem(response, 401, "unauthorized");
      if (path === "/v1/voices/gone.wav") return problem(response, 404, "voice-not-found");
      if (path === "/v1/voices/odd.wav") return problem(response, 422, "voice-undecodable");
      response.end(`sound of ${path}`);
    });
    const terminal = fakeTerminal();
    const code = await pull(options("a\n\n# a comment\nb # the second\ngone\nodd\na\n"), terminal);
    expect(code).toBe(1);
    expect(files()).toEqual(["a.wav", "b.wav"]);
    expect(readFileSync(join(out(), "a.wav"), "utf8")).toBe("sound of /v1/voices/a.wav");
    expect(terminal.printed).toEqual([
      "done    2",
      "gone    1",
      "failed  1",
      "gone  gone  voice-not-found: because of voice-not-found",
      "failed  odd  voice-undecodable: because of voice-undecodable",
    ]);
    expect(gateway.asked.length).toBe(4);
    expect(terminal.drawn.at(-2)).toBe("████████████████████████ 4/4  1 gone  1 failed");
    expect(terminal.drawn.at(-1)).toBe("");
  });

  it("goes on where it was interrupted, and fetches nothing twice", async () => {
    const terminal = fakeTerminal();
    gateway = await fakeGateway(async (path, response) => {
      if (path === "/v1/voices/c.wav" && !terminal.signal.aborted) {
        // Half of it, then Ctrl+C.
        response.writeHead(200, { "content-length": "10" });
        response.write("half ");
        await sleep(50);
        terminal.interrupt();
        return;
      }
      response.end(path);
    });
    const args = options("a\nb\nc\nd\n", "--concurrency", "1");
    expect(await pull(args, terminal)).toBe(130);
    expect(files()).toEqual(["a.wav", "b.wav"]);
    expect(terminal.printed).toContain("not tried  2");

    const again = fakeTerminal();
    expect(await pull(args, again)).toBe(0);
    expect(again.printed).toEqual(["done    4 (2 were there already)", "gone    0", "failed  0"]);
    expect(files()).toEqual(["a.wav", "b.wav", "c.wav", "d.wav"]);
    expect(gateway.asked.filter((path) => path === "/v1/voices/a.wav").length).toBe(1);
  });

  it("keeps nothing of a voice that broke off", async () => {
    gateway = await fakeGateway((_, response) => {
      response.writeHead(200, { "content-length": "10" });
      response.write("half ");
      setTimeout(() => response.destroy(), 20);
    });
    const terminal = fakeTerminal();
    expect(await pull(options("a"), terminal)).toBe(1);
    expect(files()).toEqual([]);
    expect(terminal.printed[2]).toBe("failed  1");
  });

  it("has so many requests open at once, and no more", async () => {
    gateway = await fakeGateway(async (path, response) => {
      await sleep(20);
      response.end(path);
    });
    const ids = Array.from({ length: 24 }, (_, index) => `voice-${index}`).join("\n");
    expect(await pull(options(ids, "--concurrency", "3"), fakeTerminal())).toBe(0);
    expect(gateway.mostAtOnce()).toBe(3);
    expect(files().length).toBe(24);
  });

  it("waits as long as Retry-After says, and tries again", async () => {
    gateway = await fakeGateway((path, response) => {
      if (gateway.asked.length < 3)
        return problem(response, 503, "wechat-unavailable", { "retry-after": "0" });
      response.end(path);
    });
    expect(await pull(options("a"), fakeTerminal())).toBe(0);
    expect(gateway.asked.length).toBe(3);
  });

  it("doesn't wait for tomorrow", async () => {
    gateway = await fakeGateway((_, response) =>
      problem(response, 429, "rate-limited", { "retry-after": "30000" }),
    );
    const terminal = fakeTerminal();
    expect(await pull(options("a"), terminal)).toBe(1);
    expect(gateway.asked.length).toBe(1);
    expect(terminal.printed.at(-1)).toBe("failed  a  rate-limited: because of rate-limited");
  });

  it("stops at a key that isn't valid", async () => {
    gateway = await fakeGateway((_, response) => problem(response, 401, "unauthorized"));
    const terminal = fakeTerminal();
    expect(await pull(options("a\nb\nc", "--concurrency", "1"), terminal)).toBe(1);
    expect(gateway.asked.length).toBe(1);
    expect(terminal.complaints).toEqual(["hdvoice pull: unauthorized: because of unauthorized"]);
    expect(terminal.printed.at(-1)).toBe("not tried  3");
  });

  it("stops when the gateway can't be reached", async () => {
    gateway = await fakeGateway(() => {});
    const args = options("a\nb");
    await gateway.close();
    const terminal = fakeTerminal();
    expect(await pull(args, terminal)).toBe(1);
    expect(terminal.complaints).toEqual([`hdvoice pull: ${gateway.origin} can't be reached`]);
  });

  it("asks for other forms, other accounts and with other keys", async () => {
    gateway = await fakeGateway((_, response, request) => {
      response.end(request.headers.authorization);
    });
    const args = options("a", "--format", "ogg", "--app", "wx1", "--key-env", "MY_KEY");
    expect(await pull(args, fakeTerminal({ MY_KEY: "mine" }))).toBe(0);
    expect(gateway.asked).toEqual(["/v1/apps/wx1/voices/a.ogg"]);
    expect(readFileSync(join(out(), "a.ogg"), "utf8")).toBe("Bearer mine");
  });

  it.each<[string, string, string[], string]>([
    ["an id that would leave the folder", "../../etc/passwd", [], "is not a media id"],
    ["an unknown form", "a", ["--format", "mp3"], "--format must be one of"],
    ["too much at once", "a", ["--concurrency", "17"], "--concurrency must be"],
    ["an unknown option", "a", ["--speed", "9"], "--speed"],
    ["no key", "a", ["--key-env", "NOT_SET"], "NOT_SET holds no API key"],
  ])("refuses %s before it asks for anything", async (_, ids, more, fault) => {
    gateway = await fakeGateway((_path, response) => void response.end());
    await expect(pull(options(ids, ...more), fakeTerminal())).rejects.toThrow(fault);
    expect(gateway.asked).toEqual([]);
    expect(existsSync(out())).toBe(false);
  });
});
