/** The program on a real terminal, with somebody at the keyboard: `script` makes one. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { afterEach, describe, expect, it } from "vitest";
import { until } from "../../support/until.ts";
import { type FakeGateway, fakeGateway } from "./gateway-support.ts";
import { files, folder, PROGRAM, put, VOICE } from "./support.ts";

const hasScript = spawnSync("script", ["--version"]).error === undefined;
const CLEAR_LINE = "\r\x1b[K";
const CTRL_C = "\x03";

let gateway: FakeGateway | undefined;
afterEach(() => gateway?.close());

/** Words without blanks. */
function startOnTerminal(...words: string[]) {
  const command = `stty cols 80; exec ${process.execPath} ${PROGRAM} ${words.join(" ")}`;
  const { HDVOICE_KEY: _, ...env } = process.env;
  const child = spawn("script", ["-qfec", command, "/dev/null"], {
    cwd: folder,
    env: { ...env, TERM: "xterm" },
  });
  let shown = "";
  child.stdout.on("data", (chunk) => {
    shown += chunk;
  });
  return {
    ended: once(child, "close"),
    shown: () => shown,
    type: (text: string) => child.stdin.write(text),
    untilShown: (text: string) => until(() => expect(shown).toContain(text)),
  };
}

describe.skipIf(!hasScript)("on a terminal", () => {
  it("asks for the key without showing it, draws a bar, and ends cleanly at Ctrl+C", async () => {
    const keys = new Set<string | undefined>();
    gateway = await fakeGateway((path, response, request) => {
      keys.add(request.headers.authorization);
      if (path !== "/v1/voices/slow.wav") return void response.end(path);
      response.writeHead(200, { "content-length": "10" });
      response.write("half ");
    });
    put("ids.txt", "a\nslow\nb\n");
    const terminal = startOnTerminal(
      ...["pull", "--ids=ids.txt", "--out=voices", "--concurrency=1", `--gateway=${gateway.origin}`],
    );
    await terminal.untilShown(`API key for ${gateway.origin}`);
    terminal.type("sekret\r");
    await terminal.untilShown("[########----------------]  33 %  1/3");
    terminal.type(CTRL_C);
    expect(await terminal.ended).toEqual([130, null]);
    expect([...keys]).toEqual(["Bearer sekret"]);
    expect(terminal.shown()).not.toContain("sekret");
    const [, afterCtrlC] = terminal.shown().split("^C");
    expect(afterCtrlC?.split("\r\n")).toEqual([
      ...[`${CLEAR_LINE}done       1`, "gone       0", "failed     0", "not tried  2"],
      ...["hdvoice: interrupted; the same command continues with what is not there yet", ""],
    ]);
    expect(files()).toEqual(["ids.txt", "voices", "voices/a.wav"]);
  });

  it("ends at Ctrl+C while it asks", async () => {
    gateway = await fakeGateway((_, response) => void response.end());
    const terminal = startOnTerminal("watch", "j_1", `--gateway=${gateway.origin}`);
    await terminal.untilShown("API key for");
    terminal.type(`half a key${CTRL_C}`);
    expect(await terminal.ended).toEqual([130, null]);
    expect(gateway.asked).toEqual([]);
  });

  it("sends no sound to it", async () => {
    put("voice.speex", VOICE);
    const terminal = startOnTerminal("decode", "voice.speex", "-");
    expect(await terminal.ended).toEqual([2, null]);
    expect(terminal.shown()).toContain("The sound would go to the terminal.");
  });

  it("ends at Ctrl+C while it reads what is typed", async () => {
    const terminal = startOnTerminal("decode", "-", "sound.wav");
    await until(() => expect(files()).toHaveLength(1));
    terminal.type(CTRL_C);
    expect(await terminal.ended).toEqual([130, null]);
    expect(files()).toEqual([]);
  });
});
