/**
 * `npm run conformance`: decodes every vector, compares it with what the reference made of it, prints the table
 * (`--markdown`: as the README has it). Where a C compiler and libspeex are at hand, the reference decodes
 * the vectors afresh as well, so that the committed samples are checked too.
 */
import { compare, REQUIRED_SNR_DB, REQUIRED_SNR_SHORT_DB } from "./compare.ts";
import { decodePackets, loadSpeexModule, readVector, samplesOf } from "./decode.ts";
import { buildReference } from "./reference.ts";
import { VECTORS } from "./vectors.ts";

const SHORT_SECONDS = 3;
const markdown = process.argv.includes("--markdown");
const module = loadSpeexModule();
const reference = buildReference();

function line(cells: readonly string[]): void {
  const widths = [20, 9, 15, 8];
  const padded = cells.map((cell, i) =>
    i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0),
  );
  console.log(markdown ? `| ${padded.join(" | ")} |` : padded.join("  "));
}

line(["vector", "SNR dB", "max difference", "allowed"]);
if (markdown) line(["---", "---:", "---:", "---:"]);
let failures = 0;
for (const vector of VECTORS) {
  const { stream, packets, reference: committed } = readVector(vector);
  const fresh = reference ? samplesOf(reference.decode(vector, stream)) : committed;
  const result = compare(decodePackets(module, vector, packets), fresh);
  const seconds = fresh.length / (vector.mode === "wideband" ? 16_000 : 8_000);
  const requiredDb = seconds < SHORT_SECONDS ? REQUIRED_SNR_SHORT_DB : REQUIRED_SNR_DB;
  const passes =
    result.snrDb >= requiredDb &&
    result.maxDifference <= result.allowedDifference &&
    result.sampleCount === fresh.length &&
    compare(committed, fresh).maxDifference <= 1;
  if (!passes) failures++;
  line([
    passes || markdown ? vector.name : `${vector.name} FAILS`,
    result.snrDb.toFixed(1),
    `${result.maxDifference}`,
    `${Math.floor(result.allowedDifference)}`,
  ]);
}
const against = reference ? "libspeex, run now" : "the committed samples (no C compiler or no libspeex here)";
console.log(`\n${VECTORS.length - failures} of ${VECTORS.length} vectors agree with ${against}.`);
process.exit(failures === 0 ? 0 : 1);
