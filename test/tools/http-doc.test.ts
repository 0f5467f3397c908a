import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { renderTable } from "../../tools/http-table/render.ts";

it("docs/http.md is what npm run docs:http writes", () => {
  expect(readFileSync("docs/http.md", "utf8")).toBe(renderTable());
});
