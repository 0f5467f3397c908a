/** Line spectral pairs: from the stream, over the sub-frames, to prediction coefficients. */
import type { BitReader } from "./bits.ts";
import { row } from "./tables.ts";

const STEPS = [0.0039062, 0.0019531, 0.00097656] as const;

function add(lsp: Float64Array, name: string, index: number, step: number, first: number): void {
  row(name, index).forEach((value, i) => {
    lsp[first + i]! += value * step;
  });
}

export function readNarrowbandLsp(bits: BitReader, long: boolean): Float64Array {
  const lsp = Float64Array.from({ length: 10 }, (_, i) => 0.25 * (i + 1));
  add(lsp, "lsp_nb_stage1", bits.read(6), STEPS[0], 0);
  add(lsp, "lsp_nb_low1", bits.read(6), STEPS[1], 0);
  if (long) add(lsp, "lsp_nb_low2", bits.read(6), STEPS[2], 0);
  add(lsp, "lsp_nb_high1", bits.read(6), STEPS[1], 5);
  if (long) add(lsp, "lsp_nb_high2", bits.read(6), STEPS[2], 5);
  return lsp;
}

export function readHighBandLsp(bits: BitReader): Float64Array {
  const lsp = Float64Array.from({ length: 8 }, (_, i) => 0.3125 * i + 0.75);
  add(lsp, "lsp_hb_stage1", bits.read(6), STEPS[0], 0);
  add(lsp, "lsp_hb_stage2", bits.read(6), STEPS[1], 0);
  return lsp;
}

/** The pairs of sub-frame 0..3, kept `margin` radians apart. */
export function interpolate(
  previous: Float64Array,
  current: Float64Array,
  subframe: number,
  margin: number,
): Float64Array {
  const t = (subframe + 1) / 4;
  const lsp = current.map((value, i) => (1 - t) * previous[i]! + t * value);
  const last = lsp.length - 1;
  lsp[0] = Math.max(lsp[0]!, margin);
  lsp[last] = Math.min(lsp[last]!, Math.PI - margin);
  for (let i = 1; i < last; i++) {
    lsp[i] = Math.max(lsp[i]!, lsp[i - 1]! + margin);
    if (lsp[i]! > lsp[i + 1]! - margin) lsp[i] = 0.5 * (lsp[i]! + lsp[i + 1]! - margin);
  }
  return lsp;
}

/** The reference's polynomial for the cosine, 0..π. */
export function cosine(x: number): number {
  if (x >= 1.5707963268) return -cosine(Math.PI - x);
  const y = x * x;
  return 0.9999932946 + y * (-0.4999124376 + y * (0.0414877472 - 0.0012712095 * y));
}

/** a[1..order], a[0] = 1 implied. */
export function lspToLpc(lsp: Float64Array): Float64Array {
  const times = (a: number[], b: number[]) => {
    const product = new Array<number>(a.length + b.length - 1).fill(0);
    a.forEach((x, i) => {
      b.forEach((y, j) => {
        product[i + j]! += x * y;
      });
    });
    return product;
  };
  let p = [1, 1];
  let q = [1, -1];
  lsp.forEach((angle, i) => {
    const section = [1, -2 * cosine(angle), 1];
    if (i % 2 === 0) p = times(p, section);
    else q = times(q, section);
  });
  return Float64Array.from(lsp, (_, i) => 0.5 * (p[i + 1]! + q[i + 1]!));
}

/** A(z) at z = −1. */
export function gainAtNyquist(lpc: Float64Array): number {
  return lpc.reduce((sum, a, i) => sum + (i % 2 === 0 ? -a : a), 1);
}
