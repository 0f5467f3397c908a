import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { takeMemory } from "../../../src/audio/speex/memory-pool.ts";
import { codebookSource, rowsOf } from "../../../tools/codebooks/generate.ts";
import { CODEBOOKS } from "../../../tools/codebooks/papers.ts";
import { loadSpeexModule } from "../../../tools/speex-module.ts";

const SPEEX = join(import.meta.dirname, "../../../src/audio/speex");

/** SHA-256 of each table's values, joined by commas: the format's constants, which nothing may change. */
const HASHES: Record<string, string> = {
  LSP_COARSE: "1de0d6246146665a2eca5e1377ccb88da14291de6c205578d39d665f19d517c0",
  LSP_LOW: "3a5adc447002247a0638ea76bde8b5ef464dff695e24ef25df5d61a98690ba8f",
  LSP_LOW_FINE: "25fae6e37ca34b372321f1f8d205751f1e45176e09201b7ce8cf85923ae30b03",
  LSP_HIGH: "98f0588d112415a69823a9dab4506ee0852d06f0700e9ad8342260f0673f007f",
  LSP_HIGH_FINE: "be2923a603407827dcb0ef67043a983a3fc4bc155a273539143a6cbde838f106",
  HIGH_BAND_LSP_COARSE: "77f3775dcf2f9830ef810a32e8c93d4ffc5169c973623ceb4a7f42edbe8cffd1",
  HIGH_BAND_LSP_FINE: "1cb51ce5986511f2f478445a2ff8b7df23ec19028b11e206f082b39e46a12059",
  PITCH_TAPS_128: "c248cf3180aceeb8050f27e81c1c554e671fd4dd3e3cb8f638853b5d41ef8531",
  PITCH_TAPS_32: "9efcdf3311460b24b05d2e920b01714728fe6619e48a86f37a6588178e7b7a75",
  THIRDS: "6ba5172f7839643fa148c60750f4cdfa72d629df1eee7bd6c5573f529702aaca",
  SHAPES_5X64: "d85fbd5f9693cc0bf781aaf164d9dff0fb0f0a3b80dd9eddc5b4494def9c9559",
  SHAPES_5X256: "433913220cfa5c3899c0900bb56502a47ec1f96628a7d2bfbc6dd7bce3abdc3d",
  SHAPES_8X128: "1ea442a51f0975d769541a50783c263e7a42ad8f1cd26c0a34cd52cf83f47b51",
  SHAPES_10X16: "2d1deeceda4345528e5f3ed937e5051091e2b7a4935f46d8e57f5b1fef7c7b56",
  SHAPES_10X32: "6ac32c0241629b1a42b30913bace1743d94f4512f18a6bbfd7d80c92db6e0f6d",
  SHAPES_20X32: "3b1fa8b5d8fcd9f6c5d636d6fe72c744aa82b962af183d9da1757ac5d4995a1f",
  HIGH_BAND_SHAPES_10X32: "020f61465983efa74f77717987635eb56140b367daa8e78630c5f334081b6d2e",
  HIGH_BAND_SHAPES_8X128: "da1ee85c0cafcc8f49b967f3703de31062d83b6c11892507831f8ac00c39e95a",
  FRAME_GAINS: "aec910e741ce23d08f7e9810838796597217e69384ebad9cfdd9107058c982d7",
  SUBFRAME_GAINS_8: "b32aeb84c70e0d1d09c1a32eccad150a6ab9d8319f6336499f551110cbdecd0b",
  SUBFRAME_GAINS_2: "687e9b0fa87fb290c9b1be2127c910d3ffc280472373c96909a2b982deb8c2c5",
  FOLDING_GAINS: "57581a116133d08e977deaa22f4374a436d253bced2906c3a1943dd7e853b84c",
  HIGH_BAND_GAINS: "027845c97ae5f6ed5fc336c2edd01247ace8d4d1535ff54463722c91b14e112b",
  LOSS_ATTENUATION: "a1fcf275c6dc2424cead933edf1d4b12bebab1426fa684f59150080b39291ccd",
  QMF: "c9d2d60eccfd3706f3c6f4b7b5892d7c584c91b174d06372c08a7a82940079ca",
};

const module = loadSpeexModule();
const memory = takeMemory();
new WebAssembly.Instance(module, { env: { memory } });
const initialMemory = Buffer.from(memory.buffer);

describe.each(Object.keys(CODEBOOKS))("codebooks/%s.ts", (file) => {
  it("is what the generator makes of the numbers", () => {
    const committed = readFileSync(join(SPEEX, "wasm/codebooks", `${file}.ts`), "utf8");
    expect(committed).toBe(codebookSource(file));
  });

  it.each(CODEBOOKS[file]!.tables)("holds $name unchanged, and so does the module", (table) => {
    const values = rowsOf(table).flat();
    const numbers = table.type === "f32" ? Float32Array.from(values) : Int8Array.from(values);
    const hash = createHash("sha256").update(numbers.join()).digest("hex");
    expect(hash).toBe(HASHES[table.name]);
    expect(initialMemory.includes(Buffer.from(numbers.buffer))).toBe(true);
  });
});
