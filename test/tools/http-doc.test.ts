import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { renderFaults, renderTable } from "../../tools/http-table/render.ts";

it.each([
  ["docs/http.md", renderTable],
  ["docs/faults.md", renderFaults],
])("%s is what npm run docs:http writes", (file, render) => {
  expect(readFileSync(file, "utf8")).toBe(render());
});
