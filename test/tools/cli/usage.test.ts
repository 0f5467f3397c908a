import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { files, folder, hdvoice, put, VOICE } from "./support.ts";

const MANIFEST = new URL("../../../package.json", import.meta.url);

describe("a wrong command line", () => {
  it.each([
    ["an unknown command", ["decod"], "unknown command 'decod'\n(Did you mean decode?)", ""],
    [
      "an unknown option",
      ["decode", "--force-it", "a"],
      "unknown option '--force-it'\n(Did you mean --force?)",
      "decode ",
    ],
    [
      "an unknown form",
      ["decode", "--to", "mp3", "a.speex"],
      "option '-t, --to <form>' argument 'mp3' is invalid. Allowed choices are wav, pcm, ogg.",
      "decode ",
    ],
    ["no file", ["info"], "missing required argument 'names'", "info "],
    ["no list", ["pull", "--out", "x"], "required option '--ids <file>' not specified", "pull "],
    ["the same stdin twice", ["info", "-", "-"], "stdin can be read only once: name '-' once.", "info "],
  ])("ends with 2, says why and where to read on: %s", async (_, args, message, command) => {
    const { status, stdout, stderr } = await hdvoice(args);
    expect({ status, stdout: stdout.toString(), stderr }).toEqual({
      status: 2,
      stdout: "",
      stderr: `hdvoice: ${message}\nhdvoice ${command}--help says how to use it.\n`,
    });
  });

  it("without a command, says what there is", async () => {
    const { status, stdout, stderr } = await hdvoice([]);
    expect({ status, stdout: stdout.toString() }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toContain("Usage: hdvoice [options] [command]");
    expect(stderr).toContain("Commands:");
  });

  it("does nothing at all when the names can't be meant so", async () => {
    put("a.speex", VOICE);
    put("b.speex", VOICE);
    const { status, stderr } = await hdvoice(["decode", "a.speex", "b.speex", "c.wav"]);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^hdvoice: c\.wav: several voices can't go into one file/);
    expect(files()).toEqual(["a.speex", "b.speex"]);
  });
});

describe("help", () => {
  it.each([
    ["the commands", ["--help"], ["decode [options] IN... [OUT]", "watch [options] JOB", "Exit codes:"]],
    ["decode", ["decode", "--help"], ["--no-enhance", "0x7ffff000", "Examples:", "Exit codes:"]],
    ["info", ["help", "info"], ["--json", "trailingBytes", "Examples:", "Exit codes:"]],
    ["pull", ["pull", "--help"], ["Archive many voices", "--ids <file>", "--gateway <url>", "Exit codes:"]],
    ["watch", ["watch", "-h"], ["Follow a job", "--interval <seconds>", "--key-env <name>", "Exit codes:"]],
  ])("explains %s on stdout", async (_, args, texts) => {
    const { status, stdout, stderr } = await hdvoice(args);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    for (const text of texts) expect(stdout.toString()).toContain(text);
  });

  it("tells the version of the package", async () => {
    const { version } = JSON.parse(readFileSync(MANIFEST, "utf8")) as { version: string };
    const { status, stdout } = await hdvoice(["--version"]);
    expect({ status, stdout: stdout.toString() }).toEqual({ status: 0, stdout: `${version}\n` });
  });
});

it("takes file names from where npm was started, not from the project's folder", async () => {
  mkdirSync(join(folder, "inner"));
  put("inner/voice.speex", VOICE);
  const env = { npm_lifecycle_event: "hdvoice", INIT_CWD: join(folder, "inner") };
  expect(await hdvoice(["decode", "voice.speex"], { env })).toMatchObject({ status: 0 });
  expect(files()).toContain("inner/voice.wav");
});
