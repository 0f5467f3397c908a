/**
 * `node tools/conformance/make-vectors.ts`: makes test/fixtures/speex anew. The voice is espeak-ng's,
 * so nobody's voice is in the repository. Needs espeak-ng, sox, a C compiler and libspeex.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildReference } from "./reference.ts";
import { VECTORS } from "./vectors.ts";

const FOLDER = join(import.meta.dirname, "../../test/fixtures/speex");
const scratch = mkdtempSync(join(tmpdir(), "speex-vectors-"));

function speak(file: string, voice: string, text: string): string {
  const path = join(scratch, file);
  execFileSync("espeak-ng", ["-v", voice, "-s", "175", "-w", path, text]);
  return path;
}

/** Raw samples at `rate`. -D -R: no dither, no fresh randomness, so that a second run gives the same bytes. */
function sox(file: string, rate: string, effects: string[]): Uint8Array {
  const raw = ["-t", "raw", "-e", "signed", "-b", "16", "-c", "1", "-r", rate, "-"];
  const words = ["-D", "-R", file, ...raw, "rate", "-h", rate, ...effects];
  return new Uint8Array(execFileSync("sox", words, { maxBuffer: 1 << 26 }));
}

/** A word, more than a second of a room with a fan in it, a word. */
function speakWithPauses(file: string): string {
  const word = speak("word.wav", "cmn", "你好，再见。");
  const spaced = join(scratch, "spaced.wav");
  const fan = join(scratch, "fan.wav");
  const path = join(scratch, file);
  const exact = (words: string) => execFileSync("sox", ["-D", "-R", ...words.split(" ")], { cwd: scratch });
  exact(`${word} ${spaced} gain -n -3 trim 0 0.8 pad 0.1 1.2 repeat 1 trim 0 2.8`);
  exact(`-n -r 22050 -b 16 ${fan} synth 2.8 pinknoise vol 0.03`);
  exact(`-m -v 0.9 ${spaced} -v 1 ${fan} ${path}`);
  return path;
}

const sentence = speak("sentence.wav", "en", "The birch canoe slid on the smooth planks.");
const pauses = speakWithPauses("pauses.wav");

const reference = buildReference();
if (!reference) throw new Error("No C compiler, or no libspeex-dev.");
mkdirSync(FOLDER, { recursive: true });
let totalBytes = 0;
for (const vector of VECTORS) {
  const rate = vector.encodedAs === "wideband" ? "16000" : "8000";
  const speech =
    vector.source === "speech"
      ? sox(sentence, rate, ["gain", "-n", "-3", "trim", "0", "2.2"])
      : sox(pauses, rate, []);
  const packets = reference.encode(vector, speech);
  const pcm = reference.decode(vector, packets);
  writeFileSync(join(FOLDER, `${vector.name}.packets`), packets);
  writeFileSync(join(FOLDER, `${vector.name}.s16le`), pcm);
  totalBytes += packets.length + pcm.length;
}
console.log(`${VECTORS.length} vectors, ${totalBytes} bytes in ${FOLDER}`);
