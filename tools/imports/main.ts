/** `npm run check` asks this: do the imports of src/ keep to imports.json, and is there any circle in src/ or tools/? */
import { readFileSync } from "node:fs";
import { circlesIn, readGraph } from "./graph.ts";
import { faultsOfTable, faultsOfTree, type Table } from "./table.ts";

const table = JSON.parse(readFileSync("imports.json", "utf8")) as Table;
const src = readGraph("src");
const tools = readGraph("tools");
const faults = [
  ...faultsOfTable(table),
  ...faultsOfTree(src, table),
  ...circlesIn(tools).map((circle) => `circle in tools/: ${circle.join(" → ")}`),
];
for (const fault of faults) console.error(fault);
if (faults.length > 0) {
  console.error(
    `${faults.length} imports that imports.json does not allow (CONTRIBUTING.md, "How the code is laid out").`,
  );
  process.exit(1);
}
const importCount = [...src.values()].reduce((sum, imports) => sum + imports.length, 0);
console.log(
  `${src.size} files, ${importCount} imports: all allowed by the ${Object.keys(table).length} rows of imports.json, no circle`,
);
