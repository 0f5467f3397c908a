/** A small house in a folder of its own: what stands in its files is planted by a test. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { readGraph } from "../../../tools/imports/graph.ts";
import { faultsOfTree, type Table } from "../../../tools/imports/table.ts";

/** What the table says of a tree that holds these files and no others. */
export function faultsOfPlanted(files: Readonly<Record<string, string>>, table: Table): string[] {
  const root = mkdtempSync(join(tmpdir(), "hdvoice-imports-"));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    return faultsOfTree(readGraph(root), table);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
