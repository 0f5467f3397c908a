/** The numbers of the format as the model reads them: rows of doubles. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

interface Table {
  readonly rows: number;
  readonly columns: number;
  readonly values: readonly number[];
}

const path = join(import.meta.dirname, "../../../../tools/codebooks/numbers.json");
const numbers = JSON.parse(readFileSync(path, "utf8")) as Record<string, Table>;

/** One row of a codebook. */
export function row(name: string, index: number): readonly number[] {
  const { columns, values } = table(name);
  return values.slice(index * columns, (index + 1) * columns);
}

/** A one-column table, or a whole table as one list. */
export function list(name: string): readonly number[] {
  return table(name).values;
}

export function table(name: string): Table {
  const found = numbers[name];
  if (!found) throw new Error(`no table ${name}`);
  return found;
}
