/** Compares what a README names with what there is, in both directions. */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Facts, upperCase } from "./facts.ts";
import { type Cells, commandsOf, filesLinkedFrom, type Page, spansOf, type Table } from "./markdown.ts";

/** Words in capitals with a low line that stand for something of the reader's. */
const PLACEHOLDERS: ReadonlySet<string> = new Set(["MEDIA_ID"]);

/** Of the README, which names everything. */
export function faultsOf(page: Page, facts: Facts): string[] {
  const faults = [
    ...faultsOfNames(page, facts),
    ...faultsOfCommands(page, facts),
    ...faultsOfEndpoints(
      tableWhere(page, ([first = ""]) => /^`[A-Z]+`/.test(first) && first.includes("`/")),
      facts,
    ),
    ...faultsOfSettings(
      tableWhere(page, ([first = ""]) => /^`[A-Z]+_[A-Z_]+`$/.test(first)),
      facts,
    ),
    ...faultsOfCodes(
      tableWhere(page, ([, second = ""]) => /^[45][0-9]{2}/.test(second)),
      facts,
    ),
  ];
  return [...faultsOfAnyPage(page, facts), ...faults.map((fault) => `${page.file}: ${fault}`)];
}

/** Of any page: where its links lead, and the scripts that it names. */
export function faultsOfAnyPage(page: Page, facts: Facts): string[] {
  const scripts = [...page.text.matchAll(/npm run (?:--silent )?([\w-]+(?::[\w-]+)*)/g)].map(
    ([, name = ""]) => name,
  );
  const faults = [
    ...filesLinkedFrom(page)
      .filter((file) => !existsSync(join(dirname(page.file), file)))
      .map((file) => `a link leads to ${file}, which isn't there`),
    ...scripts
      .filter((name) => !facts.scripts.includes(name))
      .map((name) => `package.json has no script ${name}`),
  ];
  return faults.map((fault) => `${page.file}: ${fault}`);
}

function tableWhere({ tables }: Page, isRow: (cells: Cells) => boolean): Table {
  return tables.find(({ rows }) => rows[0] && isRow(rows[0])) ?? { header: [], rows: [] };
}

function faultsOfNames(page: Page, facts: Facts): string[] {
  const known = (name: string) =>
    PLACEHOLDERS.has(name) ||
    facts.settings.includes(name) ||
    facts.otherNames.has(name) ||
    facts.lists.some((list) => name.startsWith(`${list}_`));
  const names = new Set(upperCase(page.text).filter((name) => name.includes("_")));
  const spans = spansOf(page.prose);
  const scopes = new Set(spans.filter((span) => /^[a-z]+:[a-z]+$/.test(span) || facts.scopes.includes(span)));
  const keys = spans.flatMap((span) => /^([a-z_]+) = /.exec(span)?.[1] ?? []);
  return [
    ...[...names].filter((name) => !known(name)).map((name) => `nothing is called ${name}`),
    ...differences("the scope", scopes, facts.scopes),
    ...keys.filter((key) => !facts.wranglerKeys.has(key)).map((key) => `wrangler.toml has no ${key}`),
  ];
}

function faultsOfCommands(page: Page, facts: Facts): string[] {
  const lines = commandsOf(page).map(({ line }) => line);
  const argumentsOf = (command: string) =>
    lines.flatMap((line) =>
      [...line.matchAll(new RegExp(`wrangler ${command} (\\S+)`, "g"))].map(([, name = ""]) => name),
    );
  return [
    ...differences("the queue", new Set(argumentsOf("queues create")), [...facts.queues]),
    ...argumentsOf("secret put")
      .filter((name) => !facts.settings.includes(name) || facts.variables.has(name))
      .map((name) => `${name} is no secret`),
  ];
}

function faultsOfEndpoints({ rows }: Table, facts: Facts): string[] {
  const faults: string[] = [];
  const said = new Set<string>();
  const suffixes = new Set<string>();
  let scopes: string[] = [];
  for (const [endpoint = "", credential = ""] of rows) {
    const spans = spansOf(endpoint);
    const methods = spans.filter((span) => /^[A-Z]+$/.test(span));
    const fields = spans.find((span) => span.startsWith("{"))?.match(/\w+/g) ?? null;
    // A cell without one means that of the row above it, or says in words that no key is needed.
    if (spansOf(credential).length > 0) scopes = spansOf(credential);
    const unknown = scopes.find((scope) => !facts.scopes.includes(scope));
    if (unknown !== undefined) faults.push(`the scope ${unknown} doesn't exist`);
    for (const path of pathsOf(spans)) {
      const suffix = /^\/v1\/voices\/\{mediaId\}\.([\w.]+)$/.exec(path)?.[1];
      const isOwnRoute = suffix !== undefined && `GET /v1/voices/{name}.${suffix}` in facts.routes;
      if (suffix !== undefined && !isOwnRoute) suffixes.add(suffix);
      for (const method of methods) {
        const name = `${method} ${path.replace(/^\/v1\/voices\/\{mediaId\}(?:,\{mediaId\})?(\.[\w.]+)?$/, `/v1/voices/{name}${isOwnRoute ? "$1" : ""}`)}`;
        said.add(name);
        const route = facts.routes[name.replace(/^HEAD /, "GET ")];
        if (!route) {
          faults.push(`there is no ${method} ${path}`);
          continue;
        }
        if (route.scope !== null && !scopes.includes(route.scope))
          faults.push(`${method} ${path} needs ${route.scope}`);
        if (method === "GET" || method === "HEAD" || method === "DELETE") continue;
        const extra = fields?.find((field) => !route.fields?.includes(field));
        if (extra !== undefined) faults.push(`the body of ${method} ${path} has no ${extra}`);
        if (fields === null && route.fields !== null)
          faults.push(`the body of ${method} ${path} is not told`);
      }
    }
  }
  const missing = Object.keys(facts.routes).filter((name) => !said.has(name));
  return [
    ...faults,
    ...missing.map((name) => `the endpoints lack ${name}`),
    ...differences("the suffix", suffixes, facts.formats),
  ];
}

/** `/path.txt`, and behind it `.vtt`: the same path with another ending. */
function pathsOf(spans: readonly string[]): string[] {
  const first = spans.find((span) => span.startsWith("/")) ?? "";
  const others = spans
    .filter((span) => span.startsWith("."))
    .map((ending) => first.replace(/\.\w+$/, ending));
  return [...spans.filter((span) => span.startsWith("/")), ...others];
}

function faultsOfSettings({ rows }: Table, facts: Facts): string[] {
  const faults: string[] = [];
  for (const [name = "", kind = "", fallback = ""] of rows) {
    const setting = spansOf(name)[0] ?? "";
    const value = facts.variables.get(setting);
    const isVariable = /^(variable|变量)$/.test(kind);
    if (isVariable !== (value !== undefined)) {
      faults.push(`${setting} is a ${isVariable ? "secret" : "variable"}, by wrangler.toml`);
    }
    const stated = /^`(.+)`$|^([0-9]+)$/.exec(fallback);
    if (stated && value !== (stated[1] ?? stated[2])) {
      faults.push(`the default of ${setting} is ${value}, by wrangler.toml`);
    }
  }
  const said = new Set(rows.flatMap(([name = ""]) => spansOf(name)));
  return [...faults, ...differences("the setting", said, facts.settings)];
}

function faultsOfCodes({ rows }: Table, facts: Facts): string[] {
  const faults: string[] = [];
  for (const [codes = "", statuses = ""] of rows) {
    const known = spansOf(codes).flatMap((code) => facts.problems.get(code) ?? []);
    const expected = [...new Set(known)].sort().join(", ");
    const said = [...new Set(statuses.match(/[0-9]{3}/g))].sort().join(", ");
    if (said !== expected)
      faults.push(`${spansOf(codes).join(", ")}: the status is ${expected}, not ${said}`);
  }
  const said = new Set(rows.flatMap(([codes = ""]) => spansOf(codes)));
  return [...faults, ...differences("the code", said, [...facts.problems.keys()])];
}

/** What is said and isn't there, and what is there and isn't said. */
function differences(kind: string, said: ReadonlySet<string>, there: readonly string[]): string[] {
  return [
    ...[...said].filter((name) => !there.includes(name)).map((name) => `${kind} ${name} doesn't exist`),
    ...there.filter((name) => !said.has(name)).map((name) => `${kind} ${name} is not mentioned`),
  ];
}
