/** Who may import whom, as biome.json has it: files made up for the purpose are linted under the project's own rules. */
import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";

/** `importer imports imported`, all below src. What has no slash and no dot is a package. */
const FORBIDDEN = `
  audio/x.ts             imports  hono
  audio/x.ts             imports  hono/request-id
  audio/x.ts             imports  zod/mini
  audio/x.ts             imports  cloudflare:workers
  audio/x.ts             imports  node:buffer
  audio/x.ts             imports  errors.ts
  audio/x.ts             imports  limits.ts
  audio/x.ts             imports  env.ts
  audio/x.ts             imports  config.ts
  audio/x.ts             imports  http/range.ts
  audio/speex/x.ts       imports  http/range.ts
  audio/x.ts             imports  voice/format.ts
  audio/x.ts             imports  wechat/media.ts
  http/x.ts              imports  config.ts
  http/x.ts              imports  env.ts
  http/x.ts              imports  app.ts
  http/x.ts              imports  audio/ogg.ts
  http/x.ts              imports  wechat/failure.ts
  http/x.ts              imports  voice/store.ts
  http/x.ts              imports  auth/api-key.ts
  http/x.ts              imports  routes/health.ts
  http/x.ts              imports  hono
  errors.ts              imports  voice/store.ts
  errors.ts              imports  config.ts
  limits.ts              imports  wechat/media.ts
  wechat/x.ts            imports  hono
  wechat/x.ts            imports  app.ts
  wechat/x.ts            imports  index.ts
  wechat/x.ts            imports  audio/ogg.ts
  wechat/x.ts            imports  voice/store.ts
  wechat/x.ts            imports  jobs/intake.ts
  wechat/x.ts            imports  auth/api-key.ts
  wechat/token/x.ts      imports  voice/store.ts
  wechat/token/x.ts      imports  routes/health.ts
  voice/x.ts             imports  hono
  voice/x.ts             imports  app.ts
  voice/x.ts             imports  auth/access.ts
  voice/x.ts             imports  routes/voices.ts
  jobs/x.ts              imports  hono
  jobs/x.ts              imports  auth/access.ts
  jobs/x.ts              imports  routes/voices.ts
  auth/x.ts              imports  app.ts
  auth/x.ts              imports  voice/store.ts
  auth/x.ts              imports  jobs/intake.ts
  auth/x.ts              imports  wechat/client.ts
  auth/x.ts              imports  audio/ogg.ts
  auth/x.ts              imports  routes/voices.ts
  routes/x.ts            imports  index.ts
  routes/x.ts            imports  app.ts
`;

const ALLOWED = `
  index.ts               imports  app.ts
  app.ts                 imports  routes/voices.ts
  app.ts                 imports  hono
  routes/x.ts            imports  hono
  routes/x.ts            imports  voice/service.ts
  routes/x.ts            imports  auth/access.ts
  routes/x.ts            imports  http/range.ts
  routes/x.ts            imports  app-env.ts
  auth/x.ts              imports  hono
  auth/x.ts              imports  errors.ts
  auth/x.ts              imports  config-schema.ts
  voice/x.ts             imports  wechat/client.ts
  voice/x.ts             imports  audio/ogg.ts
  voice/x.ts             imports  http/range.ts
  voice/x.ts             imports  limits.ts
  jobs/x.ts              imports  voice/service.ts
  wechat/x.ts            imports  errors.ts
  wechat/x.ts            imports  http/range.ts
  wechat/x.ts            imports  config-schema.ts
  wechat/token/x.ts      imports  zod/mini
  http/x.ts              imports  errors.ts
  http/x.ts              imports  negotiator
  audio/x.ts             imports  audio/ogg/page.ts
  audio/speex/x.ts       imports  audio/frames.ts
`;

type Edge = readonly [importer: string, imported: string];

const edgesIn = (list: string): Edge[] =>
  list
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/ +imports +/) as [string, string]);

/** Ways of importing, a line each: none of them is a way around. */
const STATEMENTS: readonly ((from: string) => string)[] = [
  (from) => `import "${from}";`,
  (from) => `import type { Thing } from "${from}";`,
  (from) => `export { thing } from "${from}";`,
  (from) => `export const later = () => import("${from}");`,
];

interface Report {
  readonly diagnostics: readonly {
    readonly category: string;
    readonly location: { readonly path: string; readonly start: { readonly line: number } };
  }[];
}

const project = mkdtempSync(join(tmpdir(), "hdvoice-imports-"));
/** Lines of the made-up files, by importer. */
const files = new Map<string, string[]>();
/** `file:line`, as far as the linter has something against it. */
let refused: ReadonlySet<string>;

/** Adds the edge's statements to its file, and tells where they stand. */
function write([importer, imported]: Edge): string[] {
  const lines = files.get(importer) ?? [];
  files.set(importer, lines);
  const up = "../".repeat(importer.split("/").length - 1) || "./";
  const from = imported.endsWith(".ts") ? `${up}${imported}` : imported;
  return STATEMENTS.map((statement) => `${importer}:${lines.push(statement(from))}`);
}

const withPlaces = (list: string) => edgesIn(list).map((edge) => [...edge, write(edge)] as const);
const forbidden = withPlaces(FORBIDDEN);
const allowed = withPlaces(ALLOWED);

beforeAll(() => {
  for (const name of ["biome.json", ".gitignore"]) copyFileSync(name, join(project, name));
  for (const [importer, lines] of files) {
    const path = join(project, "src", importer);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `${lines.join("\n")}\n`);
  }
  const biome = spawnSync(
    join(process.cwd(), "node_modules/.bin/biome"),
    ["lint", "--only=style/noRestrictedImports", "--max-diagnostics=none", "--reporter=json", "."],
    { cwd: project, encoding: "utf8" },
  );
  expect(biome.status, biome.stderr).toBe(1);
  const { diagnostics } = JSON.parse(biome.stdout) as Report;
  expect(new Set(diagnostics.map(({ category }) => category))).toEqual(
    new Set(["lint/style/noRestrictedImports"]),
  );
  refused = new Set(
    diagnostics.map(({ location }) => `${location.path.replace(/^src\//, "")}:${location.start.line}`),
  );
});

afterAll(() => rmSync(project, { recursive: true, force: true }));

it.each(forbidden)("%s may not import %s, in any way", (_importer, _imported, places) => {
  expect(places.filter((place) => !refused.has(place))).toEqual([]);
});

it.each(allowed)("%s may import %s", (_importer, _imported, places) => {
  expect(places.filter((place) => refused.has(place))).toEqual([]);
});

/** Names of the variables and secrets: the texts among the bindings. */
const SETTINGS = [...readFileSync("src/env.ts", "utf8").matchAll(/readonly (\w+)\?: string;/g)].map(
  ([, name]) => name,
);

it("only config*.ts read variables: no other file names one, except in words", () => {
  expect(SETTINGS).toContain("API_KEYS");
  const named = new RegExp(`\\b(?:${SETTINGS.join("|")})\\b`);
  const wordsAside = (code: string) => code.replace(/\/\*.*?\*\/|\/\/[^\n]*|(?<!\[)(["'])[^\n]*?\1/gs, "");
  const readers = readdirSync("src", { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts"))
    .filter((path) => named.test(wordsAside(readFileSync(join("src", path), "utf8"))));
  expect(readers.sort()).toEqual(["config-accounts.ts", "config-jobs.ts", "config.ts", "env.ts"]);
});
