/** `node tools/codebooks/generate.ts`: writes src/audio/speex/wasm/codebooks from numbers.json. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CODEBOOKS, type CodebookTable } from "./papers.ts";

interface Numbers {
  readonly rows: number;
  readonly columns: number;
  readonly values: readonly number[];
}

const TARGET = join(import.meta.dirname, "../../src/audio/speex/wasm/codebooks");
const numbers = JSON.parse(readFileSync(join(import.meta.dirname, "numbers.json"), "utf8")) as Record<
  string,
  Numbers
>;

/** The rows that `table` puts into the module's data segment. */
export function rowsOf(table: CodebookTable): number[][] {
  if ("formula" in table) return [Array.from({ length: table.length }, (_, index) => table.formula(index))];
  const found = numbers[table.source];
  if (!found) throw new Error(`numbers.json has no ${table.source}`);
  if (found.columns === 1) return [[...found.values]];
  return Array.from({ length: found.rows }, (_, row) =>
    found.values.slice(row * found.columns, row * found.columns + (table.columns ?? found.columns)),
  );
}

/** The AssemblyScript source of one codebook file. */
export function codebookSource(file: string): string {
  const codebook = CODEBOOKS[file];
  if (!codebook) throw new Error(`no codebook file ${file}`);
  const parts = [
    `/** ${codebook.header} Constants of the Speex format (NOTICE); made by tools/codebooks/generate.ts. */\n`,
  ];
  for (const table of codebook.tables) {
    const literal = table.type === "f32" ? floatLiteral : String;
    const rows = rowsOf(table).map((row) => wrap(row.map(literal)));
    parts.push(
      `/** ${table.about} */\nexport const ${table.name}: usize = memory.data<${table.type}>([\n${rows.join("\n")}\n]);\n`,
    );
  }
  return parts.join("\n");
}

/** A literal that AssemblyScript reads as a float: the shortest that gives the same float32. */
function floatLiteral(value: number): string {
  const target = Math.fround(value);
  for (let digits = 1; digits <= 9; digits++) {
    const short = target.toPrecision(digits);
    if (Math.fround(Number(short)) !== target) continue;
    const text = String(Number(short));
    return /[.e]/.test(text) ? text : `${text}.0`;
  }
  throw new Error(`${value} is not a float32`);
}

function wrap(values: string[]): string {
  const perLine = 20;
  const lines: string[] = [];
  for (let at = 0; at < values.length; at += perLine)
    lines.push(`  ${values.slice(at, at + perLine).join(", ")},`);
  return lines.join("\n");
}

if (import.meta.main)
  for (const file of Object.keys(CODEBOOKS)) writeFileSync(join(TARGET, `${file}.ts`), codebookSource(file));
