/** The gate of the house: imports that imports.json forbids are planted, in every way of importing, and refused. */
import { readFileSync } from "node:fs";
import { dirname, posix } from "node:path";
import { describe, expect, it } from "vitest";
import { readGraph } from "../../../tools/imports/graph.ts";
import { faultsOfTable, faultsOfTree, type Table } from "../../../tools/imports/table.ts";
import { faultsOfPlanted } from "./planted.ts";

const TABLE = JSON.parse(readFileSync("imports.json", "utf8")) as Table;
const ROOMS = Object.keys(TABLE);

/** A file of the room: the room itself where it is a file of the root. */
const fileIn = (room: string, name = "planted.ts") => (room.endsWith(".ts") ? room : `${room}/${name}`);

/** Ways of importing, none of which is a way around. */
const STATEMENTS: Readonly<Record<string, (from: string) => string>> = {
  import: (from) => `import "${from}";`,
  "type import": (from) => `import type { Thing } from "${from}";`,
  "inline type import": (from) => `import { type Thing, thing } from "${from}";\nthing();`,
  "re-export": (from) => `export { thing } from "${from}";`,
  "type re-export": (from) => `export type { Thing } from "${from}";`,
  "export all": (from) => `export * from "${from}";`,
  "dynamic import": (from) => `export const later = () => import("${from}");`,
  "type of an import": (from) => `export type Thing = import("${from}").Thing;`,
};

function specifier(from: string, to: string): string {
  const path = posix.relative(dirname(from), to);
  return path.startsWith(".") ? path : `./${path}`;
}

/** A room may use what its row names, its own folders, and the folders inside a room that it names. */
function mayUse(room: string, other: string): boolean {
  const row = TABLE[room]?.imports ?? [];
  const isInside = (outer: string) => other.startsWith(`${outer}/`);
  return other === room || isInside(room) || row.some((name) => name === other || isInside(name));
}

/** All rooms as files that can be imported. */
const TARGETS = Object.fromEntries(ROOMS.map((room) => [fileIn(room, "target.ts"), "export {};"]));

describe.each(ROOMS)("%s", (room) => {
  const others = ROOMS.filter((other) => other !== room);
  const file = fileIn(room);
  const pathTo = (other: string) => specifier(file, fileIn(other, "target.ts"));

  it("may import only what its row names, in whatever way it is written", () => {
    const forbidden = others.filter((other) => !mayUse(room, other));
    for (const [way, statement] of Object.entries(STATEMENTS)) {
      const text = forbidden.map((other) => statement(pathTo(other))).join("\n");
      const faults = faultsOfPlanted({ ...TARGETS, [file]: text }, TABLE);
      expect(new Set(faults), way).toEqual(
        new Set(forbidden.map((other) => `${file}: ${room} may not import ${pathTo(other)}`)),
      );
    }
    expect(forbidden).not.toEqual([]);
  });

  it("may import all that its row names", () => {
    const text = others
      .filter((other) => mayUse(room, other))
      .map((other) => `import "${pathTo(other)}";`)
      .join("\n");
    expect(faultsOfPlanted({ ...TARGETS, [file]: text }, TABLE)).toEqual([]);
  });
});

describe("packages", () => {
  it.each([
    ["audio", "hono"],
    ["wechat", "hono/cors"],
    ["voice", "cloudflare:workers"],
    ["jobs", "node:crypto"],
    ["http", "hono"],
    ["limits.ts", "zod/mini"],
  ])("%s may not import %s", (room, name) => {
    const file = fileIn(room);
    const faults = faultsOfPlanted({ [file]: `import "${name}";` }, TABLE);
    expect(faults).toEqual([`${file}: ${room} may not import ${name}`]);
  });

  it("of a package that is named, its parts may be imported too", () => {
    expect(faultsOfPlanted({ "middleware/x.ts": 'import "hono/cors";' }, TABLE)).toEqual([]);
  });
});

it("refuses a file of the root that has no row", () => {
  expect(faultsOfPlanted({ "helpers.ts": "export {};" }, TABLE)).toEqual([
    "helpers.ts: no row of imports.json says what it may import",
  ]);
});

it("refuses a way out of src/", () => {
  const faults = faultsOfPlanted({ "audio/x.ts": 'import "../../tools/speex-module.ts";' }, TABLE);
  expect(faults).toEqual(["audio/x.ts: audio may not import ../../tools/speex-module.ts"]);
});

it("refuses an import whose name is computed", () => {
  const faults = faultsOfPlanted({ "audio/x.ts": "export const f = (n: string) => import(n);" }, TABLE);
  expect(faults).toEqual(["audio/x.ts: audio may not import (computed)"]);
});

it("refuses a circle of types alone, within one room too", () => {
  const faults = faultsOfPlanted(
    {
      "voice/a.ts": 'import type { B } from "./b.ts";\nexport type A = B | null;',
      "voice/b.ts": 'export type { C } from "./c.ts";\nexport type B = string;',
      "voice/c.ts": 'export type C = import("./a.ts").A;',
    },
    TABLE,
  );
  expect(faults).toEqual(["circle: voice/a.ts → voice/b.ts → voice/c.ts → voice/a.ts"]);
});

it("refuses a table whose rows lead back, or name a room without a row", () => {
  const table = { "a.ts": { imports: ["b.ts"] }, "b.ts": { imports: ["a.ts", "c.ts"] } };
  expect(faultsOfTable(table)).toEqual([
    "imports.json: b.ts names c.ts, which has no row",
    "imports.json: a circle: a.ts → b.ts → a.ts",
  ]);
});

it("finds nothing against the house as it stands", () => {
  expect([...faultsOfTable(TABLE), ...faultsOfTree(readGraph("src"), TABLE)]).toEqual([]);
});
