/** A README that is true passes; with one thing changed in it, that thing is named. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { faultsOf, faultsOfAnyPage } from "../../../tools/check/readme/claims.ts";
import { tryExamples } from "../../../tools/check/readme/examples.ts";
import { readFacts } from "../../../tools/check/readme/facts.ts";
import { readPage } from "../../../tools/check/readme/markdown.ts";
import { differencesOf } from "../../../tools/check/readme/twins.ts";

const ENGLISH = readFileSync("README.md", "utf8");
const CHINESE = readFileSync("README.zh-CN.md", "utf8");
const facts = readFacts();

/** Fails where there is nothing to change, so that no row of a table tests nothing. */
function changed(text: string, from: string, to: string): string {
  if (!text.includes(from)) throw new Error(`the page has no longer: ${from}`);
  return text.replace(from, () => to);
}

function faultsIn(text: string): string[] {
  return faultsOf(readPage("README.md", text), facts);
}

/** The row of a table that begins so. */
function rowOf(name: string): string {
  return ENGLISH.split("\n").find((line) => line.startsWith(`| ${name}`)) ?? "no such row";
}

describe("what a README names", () => {
  it("is there, in either language", () => {
    expect(faultsIn(ENGLISH)).toEqual([]);
    expect(faultsOf(readPage("README.zh-CN.md", CHINESE), facts)).toEqual([]);
  });

  it.each([
    ["`npm run demo -- --keep`", "`npm run demonstrate`", "package.json has no script demonstrate"],
    ["$ npm run conformance", "$ npm run conform", "package.json has no script conform"],
    ["PORT=… SIMULATOR_PORT=…", "PORT=… WECHAT_PORT=…", "nothing is called WECHAT_PORT"],
    ["max_batch_size = 1`", "max_batch_count = 1`", "wrangler.toml has no max_batch_count"],
    ["create hdvoice-jobs-dead", "create hdvoice-dead", "the queue hdvoice-dead doesn't exist"],
    ["create hdvoice-jobs-dead", "create hdvoice-dead", "the queue hdvoice-jobs-dead is not mentioned"],
    ["secret put WECHAT_APP_SECRET", "secret put WECHAT_APP_ID", "WECHAT_APP_ID is no secret"],
    ["(docs/storage.md)", "(docs/store.md)", "a link leads to docs/store.md, which isn't there"],
    ["`voices:delete`, `links:create`", "`links:create`", "the scope voices:delete is not mentioned"],
    ["`fetches:read`, `token:read`", "`fetches:read`, `token:give`", "the scope token:give doesn't exist"],
    ["| `accounts:read` | every", "| `accounts:delete` | every", "the scope accounts:delete doesn't exist"],
    ["| `accounts:read` | every", "| `token:read` | every", "GET /v1/accounts needs accounts:read"],
    ["`/v1/token/rotate` `{", "`/v1/token/renew` `{", "there is no POST /v1/token/renew"],
    ["`/v1/token/rotate` `{", "`/v1/token/renew` `{", "the endpoints lack POST /v1/token/rotate"],
    ["`PUT` `/v1/token`", "`POST` `/v1/token`", "there is no POST /v1/token"],
    [
      "`{format, expiresInSeconds}`",
      "`{format, seconds}`",
      "the body of POST /v1/voices/{mediaId}/links has no seconds",
    ],
    ["`{rejectedToken}`", "", "the body of POST /v1/token/rotate is not told"],
    ["{mediaId}.ogg`", "{mediaId}.opus`", "the suffix opus doesn't exist"],
    ["`GET` `/healthz`, `/readyz`", "`GET` `/healthz`", "the endpoints lack GET /readyz"],
    [rowOf("`WECHAT_RELAY_SECRET`"), "", "the setting WECHAT_RELAY_SECRET is not mentioned"],
    ["| `CORS_ORIGINS`", "| `CORS_HOSTS`", "the setting CORS_HOSTS doesn't exist"],
    [
      "| `CALLBACK_HOSTS` | variable",
      "| `CALLBACK_HOSTS` | secret",
      "CALLBACK_HOSTS is a variable, by wrangler.toml",
    ],
    ["| `LINK_KEYS` | secret", "| `LINK_KEYS` | variable", "LINK_KEYS is a secret, by wrangler.toml"],
    ["variable | 300 |", "variable | 600 |", "the default of MAX_VOICE_SECONDS is 300, by wrangler.toml"],
    ["| `source,wav` |", "| `source` |", "the default of STORE_FORMATS is source,wav, by wrangler.toml"],
    [rowOf("`push-refused`"), "", "the code push-refused is not mentioned"],
    ["`account-unknown`, `route", "`account-missing`, `route", "the code account-missing doesn't exist"],
    [
      "| `voice-undecodable` | 422",
      "| `voice-undecodable` | 415",
      "voice-undecodable: the status is 422, not 415",
    ],
  ])("%s → %s", (from, to, fault) => {
    const faults = faultsIn(changed(ENGLISH, from, to));
    expect(faults).toContain(`README.md: ${fault}`);
  });
});

it("looks for a link of another page from where that page is, and for the scripts that it names", () => {
  const text = "[there](../README.md) [beside](jobs.md#x) [not there](storage.html) `npm run nothing`";
  expect(faultsOfAnyPage(readPage("docs/links.md", text), facts)).toEqual([
    "docs/links.md: a link leads to storage.html, which isn't there",
    "docs/links.md: package.json has no script nothing",
  ]);
});

describe("two languages", () => {
  const differences = (text: string) =>
    differencesOf(readPage("README.md", ENGLISH), readPage("README.zh-CN.md", text));

  it("have the same commands, examples and rows", () => {
    expect(differences(CHINESE)).toEqual([]);
  });

  it.each([
    ["$ npm run deploy", "$ npx wrangler deploy", "command"],
    ["voice.wav: RIFF", "voice.wav: WAVE", "command"],
    ["serverId}.wav`", "serverId}`", "example"],
    ['"errcode":40007', '"errcode":40001', "example"],
    ["| `link-forged`、`link-expired`", "| `link-expired`", "row"],
    ["| `voices:delete` |", "| `voices:read` |", "row"],
    ["| `JOB_BACKOFF_SECONDS` |", "| `JOB_SECONDS` |", "row"],
  ])("%s → %s", (from, to, kind) => {
    expect(differences(changed(CHINESE, from, to))).toEqual([
      expect.stringMatching(new RegExp(`^README\\.zh-CN\\.md: ${kind} [0-9]+ is `)),
    ]);
  });
});

it("names each example that doesn't do what is said", async () => {
  let text = ENGLISH;
  for (const [from, to] of [
    ["MEDIA_ID.wav\n$ file", "MEDIA_ID.mp3\n$ file"],
    ["hdvoice -- --help", "hdvoice -- --manual"],
    ["MEDIA_ID.json", "MEDIA_ID.json\n{}"],
    ["(await response.json()).detail", "(await response.json()).message"],
    ['"errcode":40007', '"errcode":40001'],
    ["npm run demo\n", "npm run demo -- --kept\n"],
    ["npm run setup:retention ", "npm run setup:retention -- --days never "],
    ["$ npm run deploy", "$ make deploy"],
  ] as const)
    text = changed(text, from, to);

  const { faults, count } = await tryExamples(readPage("README.md", text));
  const named = faults.map((fault) => fault.split("\n")[0]);
  expect(named).toEqual([
    expect.stringContaining("MEDIA_ID.mp3"),
    "README.md: file voice.wav",
    "README.md: npm install && npm run demo -- --kept",
    "README.md: make deploy",
    "README.md: npm run setup:retention -- --days never",
    expect.stringContaining("MEDIA_ID.json"),
    "README.md: npm run --silent hdvoice -- --manual",
    expect.stringContaining("const response = await fetch"),
    expect.stringContaining("/problems/voice-not-found"),
  ]);
  expect(count).toBe(named.length + 1);
});

it("says so where no example makes the key that the others need", async () => {
  const page = readPage(
    "README.md",
    changed(ENGLISH, "npm run key -- my-backend", "npm run keys -- my-backend"),
  );
  const { faults } = await tryExamples(page);
  expect(faults[0]).toBe("README.md: no example makes an API key.");
});
