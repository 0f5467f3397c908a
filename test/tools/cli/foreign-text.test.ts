/** Text that others wrote reaches a terminal as text, never as something that it obeys. */
import { afterEach, expect, it } from "vitest";
import { type FakeGateway, fakeGateway, KEY } from "./gateway-support.ts";
import { hdvoice, put, VOICE } from "./support.ts";

const EVIL = "\x1b[2J\x1b]0;owned\x07\r\nhdvoice: all is well\u009b31m\u202e";
const SHOWN = "\\u001b[2J\\u001b]0;owned\\u0007\\r\\nhdvoice: all is well\\u009b31m\\u202e";
/** A file's name can hold all of it but a slash. */
const NAME = `${EVIL}.speex`;

let gateway: FakeGateway | undefined;
afterEach(() => gateway?.close());

/** Everything that the program has written, if it is fit for a terminal. */
async function outputOf(...args: string[]): Promise<string> {
  const { stdout, stderr } = await hdvoice(args, { env: { HDVOICE_KEY: KEY } });
  const output = `${stdout}${stderr}`;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
  expect(output).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  expect(output).not.toMatch(/^hdvoice: all is well/m);
  expect(output).toContain(SHOWN);
  return output;
}

it.each([
  ["a problem", 502, JSON.stringify({ code: EVIL, detail: EVIL })],
  ["a job", 200, job({ mediaId: "a", state: "failed", code: "x", detail: EVIL })],
  ["an id in a job", 200, job({ mediaId: EVIL, state: "failed", code: "x", detail: "y" })],
])("of the gateway: %s", async (_, status, body) => {
  gateway = await fakeGateway((_path, response) => {
    response.writeHead(status, { "retry-after": "999" }).end(body);
  });
  await outputOf("watch", "j_1", "--gateway", gateway.origin);
});

function job(item: Record<string, string>): string {
  const counts = { queued: 0, waiting: 0, ready: 0, failed: 1, cancelled: 0 };
  return JSON.stringify({ state: "done", counts, items: [item] });
}

it("of the gateway, about a voice", async () => {
  gateway = await fakeGateway((_, response) => {
    response.writeHead(404).end(JSON.stringify({ code: "voice-not-found", detail: EVIL }));
  });
  put("ids.txt", "a");
  await outputOf("pull", "--ids", "ids.txt", "--out", "voices", "--gateway", gateway.origin);
});

it("in a list of ids", async () => {
  gateway = await fakeGateway((_, response) => void response.end());
  put("ids.txt", EVIL.replaceAll("\n", ""));
  const { stderr } = await hdvoice(
    ["pull", "--ids", "ids.txt", "--out", "voices", "--gateway", gateway.origin],
    { env: { HDVOICE_KEY: KEY } },
  );
  expect(stderr).toContain(`ids.txt:1: '${SHOWN.replace("\\n", "").slice(0, 40)}`);
});

it.each([
  ["of a voice that is decoded", ["decode", NAME], VOICE],
  ["of something else", ["decode", NAME], "<html>"],
  ["of a voice that is told about", ["info", NAME], VOICE],
  ["of a file that isn't there", ["info", `not-${NAME}`], VOICE],
])("in the name %s", async (_, args, bytes) => {
  put(NAME, bytes);
  await outputOf(...args);
});

it("in the name in a line of JSON, which says the same as before", async () => {
  put(NAME, VOICE);
  const line = await outputOf("info", "--json", NAME);
  expect(JSON.parse(line)).toMatchObject({ file: NAME, frames: 25 });
});

it("on the command line itself", async () => {
  await outputOf("decode", `--${EVIL}`);
});
