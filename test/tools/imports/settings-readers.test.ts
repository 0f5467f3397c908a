/** Variables and secrets have one reader, config/: what it makes of them is handed down as values. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const SETTINGS = [
  ...readFileSync("src/config/settings.ts", "utf8").matchAll(/readonly (\w+)\?: string;/g),
].map(([, name]) => name);

it("no file outside config/ names a variable, except in words", () => {
  expect(SETTINGS).toContain("API_KEYS");
  const named = new RegExp(`\\b(?:${SETTINGS.join("|")})\\b`);
  const wordsAside = (code: string) => code.replace(/\/\*.*?\*\/|\/\/[^\n]*|(?<!\[)(["'`])[^\n]*?\1/gs, "");
  const readers = readdirSync("src", { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts"))
    .filter((path) => named.test(wordsAside(readFileSync(join("src", path), "utf8"))));
  expect(readers.filter((path) => !path.startsWith("config/"))).toEqual([]);
});
