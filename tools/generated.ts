/** Files that are made from the code. With --check on the command line they are compared, not written. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";

export function writeOrCheck(files: Readonly<Record<string, string>>, command: string): void {
  const isCheck = process.argv.includes("--check");
  for (const [file, text] of Object.entries(files)) {
    if (!isCheck) writeFileSync(file, text);
    else if (existsSync(file) && readFileSync(file, "utf8") === text) console.log(`${file} is fresh`);
    else {
      console.error(`${file} is not what '${command}' writes: run it.`);
      process.exitCode = 1;
    }
  }
}
