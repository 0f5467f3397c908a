/**
 * Carries out a README's examples on this machine, as a person would who has just read it: a key as it says, a gateway that
 * knows this key, WeChat's stand-in behind it. Commands that need an account of somebody's, the network or minutes are
 * named here, and left to other checks.
 */
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type LocalGateway, startLocalGateway } from "../../local/gateway.ts";
import { demoAccount } from "../../local/settings.ts";
import { createDemoSimulator } from "../../simulator/demo-simulator.ts";
import { startSimulatorServer } from "../../simulator/server.ts";
import { type Command, commandsOf, type Page } from "./markdown.ts";
import { type Ended, isInstalled, run } from "./run.ts";

const MEDIA_ID = "chinese-6s";
const MISSING_ID = "no-such-voice";
const KEY_COMMAND = /^npm run key -- /;
const EXAMPLE_ORIGIN = /https:\/\/hdvoice\.[\w.-]+\.workers\.dev/g;
/** These wait for a person, need Cloudflare, take minutes, or are steps of `npm run check` themselves. */
const NOT_TRIED =
  /^(?:npm install && npm test|npm run (?:dev|check|imports|bench|conformance|deploy|docs:.*)|npx wrangler .*)$/;

export interface Tried {
  readonly faults: readonly string[];
  readonly count: number;
  readonly skipped: readonly string[];
}

interface Surroundings {
  readonly origin: string;
  readonly key: string;
  /** Where files are written and looked for. */
  readonly folder: string;
}

export async function tryExamples(page: Page): Promise<Tried> {
  const folder = mkdtempSync(join(tmpdir(), "hdvoice-readme-"));
  const { simulator } = await createDemoSimulator();
  const wechat = await startSimulatorServer({ port: 0, simulator });
  let gateway: LocalGateway | null = null;
  let heard = "";
  const faults: string[] = [];
  const skipped: string[] = [];
  let count = 0;
  const attempt = async (example: string, work: () => Promise<unknown>) => {
    count++;
    try {
      await work();
    } catch (error) {
      faults.push(`${page.file}: ${example}\n    ${(error as Error).message.replaceAll("\n", "\n    ")}`);
    }
  };
  try {
    const commands = commandsOf(page);
    const { key, list } = await makeKey(commands);
    gateway = await startLocalGateway({
      port: 0,
      vars: { ...demoAccount(wechat.origin), API_KEYS: list },
      stateFolder: join(folder, "state"),
      output: (text) => {
        heard += text;
      },
    });
    // Otherwise curl succeeds whatever the status.
    writeFileSync(join(folder, ".curlrc"), "fail\nsilent\nshow-error\n");
    const surroundings = { origin: gateway.origin, key, folder };
    for (const command of commands) {
      const tool = command.line.split(" ")[0] ?? "";
      if (KEY_COMMAND.test(command.line)) count++;
      else if (NOT_TRIED.test(command.line)) skipped.push(command.line);
      else if (!isInstalled(tool)) skipped.push(`${command.line} (no ${tool} here)`);
      else await attempt(command.line, () => tryCommand(command, page, surroundings));
    }
    for (const { language, text } of page.fences) {
      if (language === "js") await attempt(text, () => tryScript(text, surroundings));
      if (language === "json") await attempt(text, () => compareProblem(text, surroundings));
    }
  } catch (error) {
    faults.push(`${page.file}: ${(error as Error).message}`);
  } finally {
    await gateway?.stop();
    await wechat.close();
    rmSync(folder, { recursive: true, force: true });
  }
  if (faults.length > 0 && heard !== "") faults.push(`The gateway said:\n${heard}`);
  return { faults, count, skipped };
}

/** Makes the key that the README makes, and takes from what is printed what the README says to take. */
async function makeKey(commands: readonly Command[]): Promise<{ key: string; list: string }> {
  const line = commands.find((command) => KEY_COMMAND.test(command.line))?.line;
  if (line === undefined) throw new Error("no example makes an API key.");
  const { stdout } = succeeded(await run(line), line);
  const key = /^ +(hdv_\S+)$/m.exec(stdout)?.[1];
  const list = /^ +(\[\{.*\}\])$/m.exec(stdout)?.[1];
  if (key === undefined || list === undefined)
    throw new Error(`${line} printed no key or no list:\n${stdout}`);
  return { key, list };
}

async function tryCommand(command: Command, page: Page, surroundings: Surroundings): Promise<void> {
  const { line, output } = command;
  if (/^(?:npm install && )?npm run demo$/.test(line)) return tryDemo(page);
  if (line.startsWith("npm run setup:retention")) {
    const separator = line.includes(" -- ") ? "" : " --";
    succeeded(await run(`${line}${separator} --dry-run`), line);
    return;
  }
  if (!/^(?:npm run --silent hdvoice|curl|file) /.test(line))
    throw new Error("nobody knows how to try this.");
  const { folder } = surroundings;
  const isOurs = line.startsWith("npm");
  const ended = await run(
    fillIn(line, surroundings),
    isOurs ? {} : { cwd: folder, env: { CURL_HOME: folder } },
  );
  const { stdout } = succeeded(ended, line);
  const expected = output.join("\n").trim();
  if (expected !== "" && stdout.trim() !== expected) throw new Error(`It prints:\n${stdout}`);
  if (isOurs && stdout.trim() === "") throw new Error("It prints nothing.");
}

/** What is installed is what `npm ci` has installed. The demo ends by itself; what it writes is what the page names. */
async function tryDemo({ text }: Page): Promise<void> {
  const named = [...new Set(text.match(/\bdemo\.(?!ts)\w+/g))];
  const before = new Map(
    ["speex", "wav", "ogg", "pcm", "json"].map((form) => [`demo.${form}`, writtenAtMs(`demo.${form}`)]),
  );
  const { stdout } = succeeded(await run("npm run demo", { env: { PORT: "0" } }), "npm run demo");
  const written = [...before].filter(([file, atMs]) => writtenAtMs(file) !== atMs).map(([file]) => file);
  for (const [file, atMs] of before) if (atMs === null) rmSync(file, { force: true });
  if (!stdout.includes("Cache-Status: hdvoice; hit"))
    throw new Error(`No second request is a hit:\n${stdout}`);
  if (written.sort().join() !== named.sort().join()) {
    throw new Error(`It writes ${written.join(", ")}; the page names ${named.join(", ")}.`);
  }
}

function writtenAtMs(file: string): number | null {
  return existsSync(file) ? statSync(file).mtimeMs : null;
}

/** The script has to read a voice, and to throw what the gateway says where there is none. */
async function tryScript(script: string, surroundings: Surroundings): Promise<void> {
  const file = join(surroundings.folder, "example.mjs");
  writeFileSync(
    file,
    `const serverId = process.argv[2];\n${fillIn(script, surroundings)}\nconsole.log(wav.subarray(0, 4).toString());\n`,
  );
  const options = { env: { HDVOICE_KEY: surroundings.key } };
  const { stdout } = succeeded(await run(`node ${file} ${MEDIA_ID}`, options), "the script");
  if (stdout.trim() !== "RIFF") throw new Error(`What it has in the end is no WAV: ${stdout}`);
  const { status, stderr } = await run(`node ${file} ${MISSING_ID}`, options);
  if (status === 0 || !stderr.includes("Error: WeChat answered 40007"))
    throw new Error(`Of a voice that isn't there it says:\n${stderr}`);
}

/** The problem of a voice that isn't there, member by member. Text is compared up to where the example leaves out the rest. */
async function compareProblem(example: string, { origin, key }: Surroundings): Promise<void> {
  const expected = JSON.parse(example.replaceAll(EXAMPLE_ORIGIN, origin)) as object;
  const response = await fetch(`${origin}/v1/voices/${MISSING_ID}.wav`, {
    headers: { authorization: `Bearer ${key}` },
  });
  const problem = (await response.json()) as object;
  const fits = outline(expected) === outline(problem);
  if (!fits) throw new Error(`The gateway answers:\n${JSON.stringify(problem, null, 1)}`);

  function outline(value: object): string {
    return JSON.stringify(value, (name, part: unknown) => {
      if (["requestId", "errmsg", "rid"].includes(name)) return typeof part;
      return name === "detail"
        ? String(part).slice(0, String(expected["detail" as never]).indexOf("…"))
        : part;
    });
  }
}

function fillIn(text: string, { origin, key }: Surroundings): string {
  return text.replaceAll(EXAMPLE_ORIGIN, origin).replaceAll("hdv_…", key).replaceAll("MEDIA_ID", MEDIA_ID);
}

function succeeded(ended: Ended, what: string): Ended {
  if (ended.status === 0) return ended;
  throw new Error(`${what} ended with ${ended.status}:\n${ended.stdout}${ended.stderr}`);
}
