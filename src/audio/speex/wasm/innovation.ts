/** The innovation: per sub-frame a few rows of a codebook side by side, times a gain. */
import { read } from "./bits";
import { HIGH_BAND_SHAPES_10X32, SHAPES_5X64, SHAPES_5X256 } from "./codebooks/innovation";
import { madd } from "./simd";

const STEP: f32 = 0.03125;

/** Codebooks of the modes that matter for speed, as floats, times the step. Rows may be read 16 bytes too far. */
const FLOATS_5X64: usize = memory.data(4 + 320 * 4 + 16, 16);
const FLOATS_5X256: usize = memory.data(4 + 1280 * 4 + 16, 16);
const FLOATS_10X32: usize = memory.data(320 * 4 + 16, 16);

/** Expands the tables above; called once. */
export function prepareInnovation(): void {
  expand(SHAPES_5X64, FLOATS_5X64 + 4, 320);
  expand(SHAPES_5X256, FLOATS_5X256 + 4, 1280);
  expand(HIGH_BAND_SHAPES_10X32, FLOATS_10X32, 320);
}

function expand(from: usize, to: usize, count: usize): void {
  for (let i: usize = 0; i < count; i++) store<f32>(to + (i << 2), STEP * <f32>load<i8>(from + i));
}

/** Eight rows of five samples from indices of 6 bits. */
export function readShapes5x64(to: usize, gain: f32): void {
  for (const end = to + 160; to != end; to += 80) {
    const field = read(24);
    fourOf5(to, FLOATS_5X64 + 4, field >> 18, (field >> 12) & 63, (field >> 6) & 63, field & 63, gain);
  }
}

/** Eight rows of five samples from indices of 8 bits. */
export function readShapes5x256(to: usize, gain: f32): void {
  for (const end = to + 160; to != end; to += 80) {
    const field = read(32);
    fourOf5(to, FLOATS_5X256 + 4, field >> 24, (field >> 16) & 255, (field >> 8) & 255, field & 255, gain);
  }
}

/**
 * Four rows a, b, c, d of five samples are five vectors, put together by partial loads rather than through memory:
 *
 *     a0 a1 a2 a3 | a4 b0 b1 b2 | b3 b4 c0 c1 | c2 c3 c4 d0 | d1 d2 d3 d4
 */
function fourOf5(to: usize, table: usize, rowA: u32, rowB: u32, rowC: u32, rowD: u32, gain: f32): void {
  const a = table + <usize>rowA * 20;
  const b = table + <usize>rowB * 20;
  const c = table + <usize>rowC * 20;
  const d = table + <usize>rowD * 20;
  const scale = f32x4.splat(gain);
  v128.store(to, f32x4.mul(scale, v128.load(a)));
  v128.store(to, f32x4.mul(scale, v128.load32_lane(a, v128.load(b - 4), 0, 16)), 16);
  v128.store(to, f32x4.mul(scale, v128.load64_lane(c, v128.load64_zero(b, 12), 1)), 32);
  v128.store(to, f32x4.mul(scale, v128.load32_lane(d, v128.load(c, 8), 3)), 48);
  v128.store(to, f32x4.mul(scale, v128.load(d, 4)), 64);
}

/**
 * Four rows of ten samples of the high band, from the 5-bit indices that `field` ends with. Returns the sum of their squares,
 * spread over four lanes.
 */
export function highBandShapes10x32(to: usize, field: u32, gain: f32): v128 {
  const scale = f32x4.splat(gain);
  const energy = twoOf10(to, rowOf10(field >> 15), rowOf10(field >> 10), scale, f32x4.splat(0));
  return twoOf10(to + 80, rowOf10(field >> 5), rowOf10(field), scale, energy);
}

function rowOf10(field: u32): usize {
  return FLOATS_10X32 + <usize>(field & 31) * 40;
}

function twoOf10(to: usize, a: usize, b: usize, scale: v128, energy: v128): v128 {
  const v0 = f32x4.mul(scale, v128.load(a));
  const v1 = f32x4.mul(scale, v128.load(a, 16));
  const v2 = f32x4.mul(scale, v128.load64_lane(b, v128.load64_zero(a, 32), 1));
  const v3 = f32x4.mul(scale, v128.load(b, 8));
  const v4 = f32x4.mul(scale, v128.load(b, 24));
  v128.store(to, v0);
  v128.store(to, v1, 16);
  v128.store(to, v2, 32);
  v128.store(to, v3, 48);
  v128.store(to, v4, 64);
  return madd(v4, v4, madd(v3, v3, madd(v2, v2, madd(v1, v1, madd(v0, v0, energy)))));
}

/** Any other codebook: `count` rows of `width`, each index behind a sign bit if `signBits` is 1, added to `to`. */
export function addShapes(
  to: usize,
  table: usize,
  count: i32,
  width: usize,
  signBits: u32,
  indexBits: u32,
  gain: f32,
): void {
  for (let i = 0; i < count; i++) {
    let scale = STEP * gain;
    if (signBits != 0 && read(1) != 0) scale = -scale;
    const row = table + <usize>read(indexBits) * width;
    for (let n: usize = 0; n < width; n++, to += 4)
      store<f32>(to, load<f32>(to) + scale * <f32>load<i8>(row + n));
  }
}
