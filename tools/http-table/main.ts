/** `npm run docs:http`: writes docs/http.md and docs/faults.md. A test fails when they are not what would be written. */
import { mkdirSync, writeFileSync } from "node:fs";
import { renderFaults, renderTable } from "./render.ts";

mkdirSync("docs", { recursive: true });
writeFileSync("docs/http.md", renderTable());
writeFileSync("docs/faults.md", renderFaults());
