import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runProgram } from "../../../../tools/cli/program.ts";
import { until } from "../../../support/until.ts";
import {
  type FakeGateway,
  type FakeTerminal,
  fakeGateway,
  fakeTerminal,
  KEY,
  problem,
} from "../gateway-support.ts";
import { files, folder, get, put } from "../support.ts";

let gateway: FakeGateway;
let terminal: FakeTerminal;
beforeEach(() => {
  terminal = fakeTerminal();
});
afterEach(() => gateway?.close());

/** Pulls what the list names into a folder, and gives the exit code. */
function pull(list: string, ...more: string[]): Promise<number> {
  const ids = join(folder, put("ids.txt", list));
  const words = ["pull", "--ids", ids, "--out", join(folder, "voices"), "--gateway", gateway.origin, ...more];
  return runProgram(words, terminal);
}

const voices = () => files().flatMap((name) => (name.startsWith("voices/") ? [name.slice(7)] : []));
const untilOpen = (count: number) => until(() => expect(gateway.open()).toBe(count));

describe("hdvoice pull", () => {
  it("writes what was said into files of their own, and goes on where a transcriber refuses", async () => {
    gateway = await fakeGateway((path, response) => {
      if (path === "/v1/voices/b.txt") return problem(response, 422, "voice-undecodable");
      response.end("Hello.\n");
    });
    expect(await pull("a\nb\n", "--format", "txt")).toBe(1);
    expect(voices()).toEqual(["a.txt"]);
    expect(get("voices/a.txt").toString()).toBe("Hello.\n");
  });

  it("writes each voice to a file, and says what is gone and what failed, and why", async () => {
    gateway = await fakeGateway((path, response, request) => {
      if (request.headers.authorization !== `Bearer ${KEY}`) return problem(response, 401, "unauthorized");
      if (path === "/v1/voices/gone.wav") return problem(response, 404, "voice-not-found");
      if (path === "/v1/voices/odd.wav") return problem(response, 422, "voice-undecodable");
      response.end(`sound of ${path}`);
    });
    expect(await pull("a\n\n# a comment\nb # the second\ngone\nodd\na\n")).toBe(1);
    expect(voices()).toEqual(["a.wav", "b.wav"]);
    expect(get("voices/a.wav").toString()).toBe("sound of /v1/voices/a.wav");
    expect(terminal.printed).toEqual([
      "done       2",
      "gone       1",
      "failed     1",
      "gone  gone  voice-not-found: because of voice-not-found",
      "failed  odd  voice-undecodable: because of voice-undecodable",
    ]);
    expect(terminal.said).toEqual([]);
    expect(gateway.asked).toHaveLength(4);
    expect(terminal.shown.at(-1)).toEqual({ fraction: 1, text: "4/4  1 gone  1 failed" });
  });

  it("names a bad line and why it is bad, fetches the others, and ends with 1", async () => {
    gateway = await fakeGateway((path, response) => void response.end(path));
    expect(await pull(`a\n../../etc/passwd\n${"x".repeat(300)}\nb\n`)).toBe(1);
    expect(voices()).toEqual(["a.wav", "b.wav"]);
    const rule = "is not a media id: 1 to 256 letters, digits, '-' and '_'; the line is ignored";
    const file = join(folder, "ids.txt");
    expect(terminal.said).toEqual([
      `hdvoice: ${file}:2: '../../etc/passwd' ${rule}`,
      `hdvoice: ${file}:3: '${"x".repeat(60)}…' ${rule}`,
    ]);
    expect(terminal.printed).toEqual(["done       2", "gone       0", "failed     0", "bad lines  2"]);
  });

  it("takes the ids from stdin", async () => {
    gateway = await fakeGateway((path, response) => void response.end(path));
    terminal = fakeTerminal({ stdin: ["a\nb", "c\nd"] });
    expect(await pull("", "--ids", "-")).toBe(0);
    expect(voices()).toEqual(["a.wav", "bc.wav", "d.wav"]);
  });

  it("goes on where it was interrupted, and fetches nothing twice", async () => {
    gateway = await fakeGateway((path, response) => {
      const isFirst = gateway.asked.filter((asked) => asked === path).length === 1;
      if (path !== "/v1/voices/c.wav" || !isFirst) return void response.end(path);
      response.writeHead(200, { "content-length": "10" });
      response.write("half ");
    });
    const first = pull("a\nb\nc\nd\n", "--concurrency", "1");
    await until(() => expect(voices()).toEqual([expect.stringMatching(/\.part$/), "a.wav", "b.wav"]));
    terminal.interrupt();
    expect(await first).toBe(130);
    expect(voices()).toEqual(["a.wav", "b.wav"]);
    expect(terminal.printed).toContain("not tried  2");
    expect(terminal.said).toEqual([
      "hdvoice: interrupted; the same command continues with what is not there yet",
    ]);

    terminal = fakeTerminal();
    expect(await pull("a\nb\nc\nd\n")).toBe(0);
    expect(terminal.printed).toEqual([
      "done       4 (2 of them there before)",
      "gone       0",
      "failed     0",
    ]);
    expect(voices()).toEqual(["a.wav", "b.wav", "c.wav", "d.wav"]);
    expect(gateway.asked.filter((path) => /[ab].wav$/.test(path))).toEqual([
      "/v1/voices/a.wav",
      "/v1/voices/b.wav",
    ]);
  });

  it("doesn't begin what was interrupted before", async () => {
    gateway = await fakeGateway((path, response) => void response.end(path));
    terminal.interrupt();
    expect(await pull("a")).toBe(130);
    expect(gateway.asked).toEqual([]);
    expect(existsSync(join(folder, "voices"))).toBe(false);
  });

  it("keeps nothing of a voice that broke off, and says how much came", async () => {
    gateway = await fakeGateway((path, response) => {
      if (path !== "/v1/voices/a.wav") return void response.end(path);
      response.writeHead(200, { "content-length": "10" });
      // Once it is on its way.
      response.write("half ", () => response.destroy());
    });
    expect(await pull("a\nb")).toBe(1);
    expect(voices()).toEqual(["b.wav"]);
    expect(terminal.printed.slice(0, 3)).toEqual(["done       1", "gone       0", "failed     1"]);
    expect(terminal.printed[3]).toMatch(/^failed {2}a {2}it broke off: [05] of 10 bytes arrived \(.+\)$/);
  });

  it("has so many requests open at once, and no more", async () => {
    const held: (() => void)[] = [];
    gateway = await fakeGateway((path, response) => void held.push(() => response.end(path)));
    const ids = Array.from({ length: 8 }, (_, index) => `voice-${index}`);
    const pulled = pull(ids.join("\n"), "--concurrency", "3");
    // Each answer lets one more in; there are never more than three without one.
    for (let answered = 0; answered < ids.length; answered++) {
      await untilOpen(Math.min(3, ids.length - answered));
      expect(held.length).toBe(Math.min(3, ids.length - answered));
      held.shift()?.();
      await until(() => expect(voices().filter((name) => name.endsWith(".wav"))).toHaveLength(answered + 1));
    }
    expect(await pulled).toBe(0);
  });

  it("tries again after trouble that passes, as late as Retry-After says", async () => {
    gateway = await fakeGateway((path, response, request) => {
      if (gateway.asked.length === 1)
        return problem(response, 503, "wechat-unavailable", { "retry-after": "7" });
      if (gateway.asked.length === 2) return problem(response, 500, "internal-error");
      if (gateway.asked.length === 3) return void request.socket.destroy();
      response.end(path);
    });
    expect(await pull("a")).toBe(0);
    expect(terminal.sleptMs).toEqual([7000, 2000, 4000]);
  });

  it("doesn't wait for tomorrow", async () => {
    gateway = await fakeGateway((_, response) =>
      problem(response, 429, "rate-limited", { "retry-after": "30000" }),
    );
    expect(await pull("a")).toBe(1);
    expect(terminal.sleptMs).toEqual([]);
    expect(terminal.printed.at(-1)).toBe("failed  a  rate-limited: because of rate-limited");
  });

  it("stops at a key that isn't valid", async () => {
    gateway = await fakeGateway((_, response) => problem(response, 401, "unauthorized"));
    expect(await pull("a\nb\nc", "--concurrency", "1")).toBe(1);
    expect(gateway.asked).toHaveLength(1);
    expect(terminal.printed.at(-1)).toBe("not tried  3");
    expect(terminal.said).toEqual([
      "hdvoice: unauthorized: because of unauthorized",
      "hdvoice: stopped; the same command continues with what is not there yet",
    ]);
  });

  it("stops when the gateway can't be reached, after four attempts", async () => {
    gateway = await fakeGateway(() => {});
    await gateway.close();
    expect(await pull("a\nb", "--concurrency", "1")).toBe(1);
    expect(terminal.sleptMs).toEqual([1000, 2000, 4000]);
    expect(terminal.said[0]).toMatch(`hdvoice: ${gateway.origin} can't be reached: connect ECONNREFUSED`);
  });

  it("stops when the disk can't be written to, instead of fetching voices in vain", async () => {
    gateway = await fakeGateway((path, response) => void response.end(path));
    expect(await pull("a\nb\nc", "--out", join(folder, put("file", "")), "--concurrency", "1")).toBe(1);
    expect(terminal.said).toEqual([
      `hdvoice: ${join(folder, "file")}: cannot be written: there is a file of that name`,
    ]);
    expect(gateway.asked).toEqual([]);
  });

  it("saves no web page as a voice", async () => {
    gateway = await fakeGateway((_, response) => {
      response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end("<!doctype html>Log in");
    });
    expect(await pull("a")).toBe(1);
    expect(voices()).toEqual([]);
    expect(terminal.printed.at(-1)).toContain("a web page came instead");
  });

  it("asks for other forms, other accounts and with other keys", async () => {
    gateway = await fakeGateway((_, response, request) => void response.end(request.headers.authorization));
    terminal = fakeTerminal({ env: { MY_KEY: "mine" } });
    expect(await pull("a", "--format", "ogg", "--app", "wx1", "--key-env", "MY_KEY")).toBe(0);
    expect(gateway.asked).toEqual(["/v1/apps/wx1/voices/a.ogg"]);
    expect(readFileSync(join(folder, "voices/a.ogg"), "utf8")).toBe("Bearer mine");
  });

  it("asks a person for the key where no variable holds one", async () => {
    gateway = await fakeGateway((_, response, request) => void response.end(request.headers.authorization));
    terminal = fakeTerminal({ env: {}, secret: "typed" });
    expect(await pull("a")).toBe(0);
    expect(get("voices/a.wav").toString()).toBe("Bearer typed");
  });

  it.each<[string, string[], Record<string, string>, string]>([
    [
      "an unknown form",
      ["--format", "mp3"],
      {},
      "Allowed choices are wav, ogg, speex, pcm, json, txt, vtt, srt, transcript.json.",
    ],
    ["too much at once", ["--concurrency", "17"], {}, "It must be a whole number from 1 to 16."],
    ["an unknown option", ["--speed", "9"], {}, "unknown option '--speed'"],
    ["a word too many", ["more"], {}, "too many arguments"],
    ["no key", ["--key-env", "NOT_SET"], {}, "NOT_SET holds no API key"],
    ["a key with a line break", [], { HDVOICE_KEY: "abc\r" }, "the API key has a character that no key has"],
    ["a gateway that is none", ["--gateway", "nowhere"], {}, "--gateway must be a URL"],
    ["a gateway with a path", ["--gateway", "https://x.test/v1"], {}, "with nothing behind it"],
    ["a gateway of another kind", ["--gateway", "ftp://x.test"], {}, "--gateway must be a URL"],
  ])("refuses %s before it asks for anything", async (_, more, env, fault) => {
    gateway = await fakeGateway((_path, response) => void response.end());
    terminal = fakeTerminal({ env: { HDVOICE_KEY: KEY, ...env } });
    expect(await pull("a", ...more)).toBe(2);
    expect(terminal.said.join("\n")).toContain(fault);
    expect(terminal.said.at(-1)).toBe("hdvoice pull --help says how to use it.");
    expect(gateway.asked).toEqual([]);
    expect(existsSync(join(folder, "voices"))).toBe(false);
  });

  it("says which list isn't there, before it asks for a key", async () => {
    gateway = await fakeGateway((_path, response) => void response.end());
    terminal = fakeTerminal({ env: {} });
    expect(await pull("", "--ids", "nowhere.txt")).toBe(1);
    expect(terminal.said).toEqual(["hdvoice: nowhere.txt: there is no such file or folder"]);
  });
});
