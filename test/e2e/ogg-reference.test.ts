/**
 * The same voice on two ways through Debian's libspeex: our Ogg decoded by speexdec, and the bare frames handed to the
 * library one by one. They must agree to the sample. Needs a C compiler, libspeex-dev and speex.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { FRAME_BYTES } from "../../src/audio/frames.ts";
import { createOggWriter } from "../../src/audio/ogg.ts";
import { buildReference } from "../../tools/conformance/reference.ts";
import { VECTORS } from "../../tools/conformance/vectors.ts";

const reference = buildReference();
const hasSpeexdec = spawnSync("speexdec", ["--version"]).error === undefined;
const isSkipped = reference === null || !hasSpeexdec;
const folder = mkdtempSync(join(tmpdir(), "hdvoice-ogg-reference-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** As the reference program wants them: each frame behind its length in two bytes. */
function withLengths(bare: Uint8Array): Uint8Array {
  const stream = new Uint8Array((bare.length / FRAME_BYTES) * (FRAME_BYTES + 2));
  for (let frame = 0; frame * FRAME_BYTES < bare.length; frame++) {
    const at = frame * (FRAME_BYTES + 2);
    stream[at] = FRAME_BYTES;
    stream.set(bare.subarray(frame * FRAME_BYTES, (frame + 1) * FRAME_BYTES), at + 2);
  }
  return stream;
}

const title = isSkipped ? " (skipped: apt-get install gcc libc6-dev libspeex-dev speex)" : "";
describe.skipIf(isSkipped)(`speexdec makes of our Ogg what libspeex makes of the frames${title}`, () => {
  const vector = VECTORS.find(
    ({ mode, framesPerPacket, enhance }) => mode === "wideband" && framesPerPacket === 1 && enhance,
  );

  it.each(["chinese-6s", "english-8s", "child-3s", "noisy-5s", "clipping-2s", "minute-60s"])("%s", (name) => {
    const bare = new Uint8Array(readFileSync(`test/fixtures/voices/${name}.speex`));
    const lengths = new Array<number>(bare.length / FRAME_BYTES).fill(FRAME_BYTES);
    const writer = createOggWriter({ serial: 1 });
    const ogg = join(folder, "voice.ogg");
    const pcm = join(folder, "voice.raw");
    writeFileSync(ogg, Buffer.concat([writer.write({ bytes: bare, lengths }), writer.end()]));
    expect(spawnSync("speexdec", [ogg, pcm]).status).toBe(0);

    if (!reference || !vector) throw new Error("the reference was built, but knows no such stream");
    const expected = reference.decode(vector, withLengths(bare));
    expect(Buffer.compare(readFileSync(pcm), expected)).toBe(0);
  });
});
