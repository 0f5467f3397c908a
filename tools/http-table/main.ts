/** `npm run docs:http`: writes docs/http.md and docs/faults.md. With --check it only tells whether they are fresh. */
import { readFileSync, writeFileSync } from "node:fs";
import { renderFaults, renderTable } from "./render.ts";

const isCheck = process.argv.includes("--check");

for (const [file, text] of [
  ["docs/http.md", renderTable()],
  ["docs/faults.md", renderFaults()],
] as const) {
  if (!isCheck) writeFileSync(file, text);
  else if (readFileSync(file, "utf8") !== text) {
    console.error(`${file} is not what 'npm run docs:http' writes: run it.`);
    process.exitCode = 1;
  } else console.log(`${file} is fresh`);
}
