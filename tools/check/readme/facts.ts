/** What the code has of the things that the README names. */
import { spawnSync } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { SCOPES } from "../../../src/auth/caller.ts";
import { PROBLEMS } from "../../../src/problems.ts";
import type { Api } from "./routes.ts";

export interface Facts extends Api {
  /** Of package.json. */
  readonly scripts: readonly string[];
  /** Names of variables and secrets, and of those among them that may have a suffix. */
  readonly settings: readonly string[];
  readonly lists: readonly string[];
  /** What wrangler.toml sets, its other keys, and its queues. */
  readonly variables: ReadonlyMap<string, string>;
  readonly wranglerKeys: ReadonlySet<string>;
  readonly queues: ReadonlySet<string>;
  /** Other names in capitals: bindings, and what the tools read from the environment. */
  readonly otherNames: ReadonlySet<string>;
  /** The status of each code. */
  readonly problems: ReadonlyMap<string, number>;
  readonly scopes: readonly string[];
}

const UPPER_CASE = /\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*\b/g;

export function readFacts(): Facts {
  const settings = readFileSync("src/config/settings.ts", "utf8");
  const toml = readFileSync("wrangler.toml", "utf8");
  const variables = /^\[vars\]\n([\s\S]*?)^\[/m.exec(toml)?.[1] ?? "";
  const tools = globSync("tools/{local,cli}/**/*.ts").map((file) => readFileSync(file, "utf8"));
  return {
    ...readApi(),
    scripts: Object.keys((JSON.parse(readFileSync("package.json", "utf8")) as { scripts: object }).scripts),
    settings: allOf(settings, /readonly ([A-Z_]+)\?: string;/g),
    lists: allOf(settings, /\| "([A-Z_]+)"/g),
    variables: new Map(
      [...variables.matchAll(/^([A-Z_]+) = "(.*)"$/gm)].map(([, name = "", value = ""]) => [name, value]),
    ),
    wranglerKeys: new Set(allOf(toml, /^([a-z_]+) = /gm)),
    queues: new Set(allOf(toml, /^queue = "(.+)"$/gm)),
    otherNames: new Set([...allOf(toml, /^(?:binding|name) = "([A-Z_]+)"$/gm), ...tools.flatMap(upperCase)]),
    problems: new Map(Object.entries(PROBLEMS).map(([code, { status }]) => [code, status])),
    scopes: SCOPES,
  };
}

function readApi(): Api {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["tools/check/readme/routes.ts"], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`The routes of src/app.ts could not be read:\n${stderr}`);
  return JSON.parse(stdout) as Api;
}

/** The words in capitals, with their low lines. */
export function upperCase(text: string): string[] {
  return text.match(UPPER_CASE) ?? [];
}

function allOf(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([, found = ""]) => found);
}
