/** `npm run bench -- worker`: what a cached hit costs. `--json` for machines. */
import { benchWorker } from "./worker.ts";

const result = await benchWorker();
if (process.argv.includes("--json")) {
  console.log(JSON.stringify(result));
} else {
  console.log("CPU time of a cached hit, per request, against a bare Worker that streams the same R2 object");
  for (const line of result.lines) {
    const { form, seconds, lengthBytes, gatewayMicroseconds, bareMicroseconds, ratio } = line;
    console.log(
      `  ${`${seconds} s .${form}`.padEnd(12)}${String(lengthBytes).padStart(9)} bytes` +
        `${gatewayMicroseconds.toFixed(0).padStart(7)} µs, bare ${bareMicroseconds.toFixed(0).padStart(5)} µs` +
        `, ${ratio.toFixed(2)}× (goal ${result.goal})`,
    );
  }
}
