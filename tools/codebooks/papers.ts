/**
 * What each codebook file holds: which table of numbers.json, under which name, and the table's papers.
 * All numbers are constants of the Speex format (NOTICE); `derived` tables follow from the formula beside them.
 */
interface Paper {
  readonly name: string;
  /** What a row is, its dimensions and its scale. */
  readonly about: string;
  readonly type: "i8" | "f32";
}

interface CopiedTable extends Paper {
  readonly source: string;
  /** Columns kept, from the left; the others are of use to an encoder only. */
  readonly columns?: number;
}

interface DerivedTable extends Paper {
  readonly length: number;
  readonly formula: (index: number) => number;
}

export type CodebookTable = CopiedTable | DerivedTable;

function shapes(source: string, name: string, about: string): CopiedTable {
  return { name, source, about: `${about} Step 1/32 of the sub-frame's gain.`, type: "i8" };
}

export const CODEBOOKS: Record<
  string,
  { readonly header: string; readonly tables: readonly CodebookTable[] }
> = {
  lsp: {
    header: "Vector quantisers of the line spectral pairs. Each table: 64 rows, a 6-bit index.",
    tables: [
      {
        name: "LSP_COARSE",
        source: "lsp_nb_stage1",
        type: "i8",
        about: "Narrowband, stage 1: rows of 10 offsets for LSP 0..9, 1/256 rad.",
      },
      {
        name: "LSP_LOW",
        source: "lsp_nb_low1",
        type: "i8",
        about: "Narrowband, stage 2: rows of 5 offsets for LSP 0..4, 1/512 rad.",
      },
      {
        name: "LSP_LOW_FINE",
        source: "lsp_nb_low2",
        type: "i8",
        about: "Narrowband, stage 3: rows of 5 offsets for LSP 0..4, 1/1024 rad.",
      },
      {
        name: "LSP_HIGH",
        source: "lsp_nb_high1",
        type: "i8",
        about: "Narrowband, stage 2: rows of 5 offsets for LSP 5..9, 1/512 rad.",
      },
      {
        name: "LSP_HIGH_FINE",
        source: "lsp_nb_high2",
        type: "i8",
        about: "Narrowband, stage 3: rows of 5 offsets for LSP 5..9, 1/1024 rad.",
      },
      {
        name: "HIGH_BAND_LSP_COARSE",
        source: "lsp_hb_stage1",
        type: "i8",
        about: "High band, stage 1: rows of 8 offsets for LSP 0..7, 1/256 rad.",
      },
      {
        name: "HIGH_BAND_LSP_FINE",
        source: "lsp_hb_stage2",
        type: "i8",
        about: "High band, stage 2: rows of 8 offsets for LSP 0..7, 1/512 rad.",
      },
    ],
  },
  pitch: {
    header: "Numbers of the adaptive codebook (long-term prediction) and of the pitch search.",
    tables: [
      {
        name: "PITCH_TAPS_128",
        source: "pitch_gain_128",
        columns: 3,
        type: "i8",
        about: "Three taps, 7-bit index: 128 rows of 3. Tap = value / 64 + 0.5.",
      },
      {
        name: "PITCH_TAPS_32",
        source: "pitch_gain_32",
        columns: 3,
        type: "i8",
        about: "Three taps, 5-bit index: 32 rows of 3. Tap = value / 64 + 0.5.",
      },
      {
        name: "THIRDS",
        source: "pitch_interp_3x7",
        type: "f32",
        about: "Interpolators by a fraction of a sample: 3 rows of 7 taps, unit gain.",
      },
    ],
  },
  innovation: {
    header: "Shapes of the innovation: what the adaptive codebook could not foresee.",
    tables: [
      shapes("innov_5x64", "SHAPES_5X64", "64 rows of 5 samples, 6-bit index."),
      shapes("innov_5x256", "SHAPES_5X256", "256 rows of 5 samples, 8-bit index."),
      shapes("innov_8x128", "SHAPES_8X128", "128 rows of 8 samples, 7-bit index."),
      shapes("innov_10x16", "SHAPES_10X16", "16 rows of 10 samples, 4-bit index."),
      shapes("innov_10x32", "SHAPES_10X32", "32 rows of 10 samples, 5-bit index."),
      shapes("innov_20x32", "SHAPES_20X32", "32 rows of 20 samples, 5-bit index."),
      shapes("hb_innov_10x32", "HIGH_BAND_SHAPES_10X32", "High band: 32 rows of 10 samples, 5-bit index."),
      shapes(
        "hb_innov_8x128",
        "HIGH_BAND_SHAPES_8X128",
        "High band: 128 rows of 8 samples, sign bit and 7-bit index.",
      ),
    ],
  },
  gains: {
    header: "Gains.",
    tables: [
      {
        name: "FRAME_GAINS",
        type: "f32",
        about: "A narrowband frame's gain, 5-bit index q: exp(q / 3.5).",
        length: 32,
        formula: (q) => Math.exp(q / 3.5),
      },
      {
        name: "SUBFRAME_GAINS_8",
        source: "subframe_gain_8",
        type: "f32",
        about: "A sub-frame's share of the frame gain, 3-bit index.",
      },
      {
        name: "SUBFRAME_GAINS_2",
        source: "subframe_gain_2",
        type: "f32",
        about: "A sub-frame's share of the frame gain, 1-bit index.",
      },
      {
        name: "FOLDING_GAINS",
        type: "f32",
        about: "High band sub-mode 1, 5-bit index q: exp((q − 10) / 8).",
        length: 32,
        formula: (q) => Math.exp((q - 10) / 8),
      },
      {
        name: "HIGH_BAND_GAINS",
        source: "hb_gain_16",
        type: "f32",
        about: "High band sub-modes 2..4, 4-bit index; relative to the narrowband excitation.",
      },
      {
        name: "LOSS_ATTENUATION",
        source: "loss_attenuation_10",
        type: "f32",
        about: "What is left of the excitation in the n-th lost frame in a row, n = 0..9; then nothing.",
      },
    ],
  },
  filterbank: {
    header: "The filter that joins the two bands.",
    tables: [
      {
        name: "QMF",
        source: "qmf_64",
        type: "f32",
        about: "Quadrature mirror prototype: 64 taps, symmetric, cut-off at a quarter of the rate.",
      },
    ],
  },
};
