/** `npm run docs:http`: writes docs/http.md. `-- --check`: says whether it is what would be written. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { renderTable } from "./render.ts";

const FILE = "docs/http.md";

if (process.argv.includes("--check")) {
  if (readFileSync(FILE, "utf8") !== renderTable()) {
    console.error(`${FILE} is not what tools/http-table says. Run npm run docs:http.`);
    process.exitCode = 1;
  }
} else {
  mkdirSync("docs", { recursive: true });
  writeFileSync(FILE, renderTable());
}
