/**
 * `npm run conformance`: decodes every vector, compares it with what the reference made of it and prints the table
 * (`--markdown`: as src/audio/speex/README.md has it). Where a C compiler and libspeex are at hand, the reference
 * decodes the vectors afresh as well, so that the committed samples are checked too.
 */

import { loadSpeexModule } from "../speex-module.ts";
import { type Comparison, compare, REQUIRED_SNR_DB, REQUIRED_SNR_SHORT_DB } from "./compare.ts";
import { decodePackets, readVector, samplesOf } from "./decode.ts";
import { buildReference, type Reference } from "./reference.ts";
import { VECTORS, type Vector } from "./vectors.ts";

const SHORT_SECONDS = 3;

interface Row extends Comparison {
  readonly vector: Vector;
  readonly passes: boolean;
}

function check(vector: Vector, module: WebAssembly.Module, reference: Reference | null): Row {
  const { stream, packets, reference: committed } = readVector(vector);
  const expected = reference ? samplesOf(reference.decode(vector, stream)) : committed;
  const result = compare(decodePackets(module, vector, packets), expected);
  const seconds = expected.length / (vector.mode === "wideband" ? 16_000 : 8_000);
  const requiredDb = seconds < SHORT_SECONDS ? REQUIRED_SNR_SHORT_DB : REQUIRED_SNR_DB;
  const passes =
    result.snrDb >= requiredDb &&
    result.maxDifference <= result.allowedDifference &&
    result.sampleCount === expected.length &&
    compare(committed, expected).maxDifference <= 1;
  return { ...result, vector, passes };
}

function printText(rows: readonly Row[]): void {
  console.log("vector                 SNR dB  max difference (allowed)  script");
  for (const { vector, snrDb, maxDifference, allowedDifference, passes } of rows) {
    const difference = `${maxDifference} (${Math.floor(allowedDifference)})`;
    const cells = [
      vector.name.padEnd(20),
      snrDb.toFixed(1).padStart(8),
      difference.padStart(25),
      ` ${vector.script}`,
    ];
    console.log(cells.join(" ") + (passes ? "" : "  FAILS"));
  }
}

/** One line a situation, wideband and narrowband side by side. */
function printMarkdown(rows: readonly Row[]): void {
  console.log(
    "| vector | encoder | wideband SNR, dB | max difference | narrowband SNR, dB | max difference |",
  );
  console.log("|---|---|---:|---:|---:|---:|");
  const cells = (row: Row | undefined) =>
    row ? `${row.snrDb.toFixed(1)} | ${row.maxDifference} of ${Math.floor(row.allowedDifference)}` : "– | –";
  for (const situation of new Set(rows.map(({ vector }) => vector.name.slice(3)))) {
    const wide = rows.find(({ vector }) => vector.name === `wb-${situation}`);
    const narrow = rows.find(({ vector }) => vector.name === `nb-${situation}`);
    const { script } = (wide ?? narrow)?.vector ?? { script: "" };
    console.log(`| ${situation} | \`${script}\` | ${cells(wide)} | ${cells(narrow)} |`);
  }
}

const module = loadSpeexModule();
const reference = buildReference();
const rows = VECTORS.map((vector) => check(vector, module, reference));
if (process.argv.includes("--markdown")) printMarkdown(rows);
else printText(rows);
const passed = rows.filter(({ passes }) => passes).length;
const against = reference ? "libspeex, run now" : "the committed samples (no C compiler or no libspeex here)";
console.log(`\n${passed} of ${rows.length} vectors agree with ${against}.`);
process.exitCode = passed === rows.length ? 0 : 1;
