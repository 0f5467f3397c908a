/**
 * The few vector idioms that the stages share. All vectors are four f32 lanes, lane 0 first in memory.
 * Plain functions: the compiler inlines them.
 *
 * Vectors of constants are loaded from memory where speed counts: a `splat` of a number takes V8 three instructions, each time
 * it is used, in loops too.
 */

/** a · b + c, fused where the processor can: then it rounds once instead of twice. */
export function madd(a: v128, b: v128, c: v128): v128 {
  return f32x4.relaxed_madd(a, b, c);
}

/** a · b + c in two doubles. */
export function madd64(a: v128, b: v128, c: v128): v128 {
  return f64x2.relaxed_madd(a, b, c);
}

/** The sum of all lanes. */
export function sumOfLanes(a: v128): f32 {
  const pairs = f32x4.add(a, v128.shuffle<f32>(a, a, 2, 3, 0, 1));
  return f32x4.extract_lane(f32x4.add(pairs, v128.shuffle<f32>(pairs, pairs, 1, 0, 3, 2)), 0);
}

/** Four sums at once: lane 0 is the sum of a's lanes, lane 1 of b's, and so on. */
export function fourSums(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = f32x4.add(v128.shuffle<f32>(a, b, 0, 4, 1, 5), v128.shuffle<f32>(a, b, 2, 6, 3, 7));
  const cd = f32x4.add(v128.shuffle<f32>(c, d, 0, 4, 1, 5), v128.shuffle<f32>(c, d, 2, 6, 3, 7));
  return f32x4.add(v128.shuffle<i64>(ab, cd, 0, 2), v128.shuffle<i64>(ab, cd, 1, 3));
}

/** Stores the transpose of the matrix of rows a, b, c, d: its columns, `stride` bytes apart. */
export function storeTransposed(a: v128, b: v128, c: v128, d: v128, to: usize, stride: usize): void {
  const ab0 = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
  const ab2 = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  const cd0 = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
  const cd2 = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<i64>(ab0, cd0, 0, 2));
  v128.store(to + stride, v128.shuffle<i64>(ab0, cd0, 1, 3));
  v128.store(to + 2 * stride, v128.shuffle<i64>(ab2, cd2, 0, 2));
  v128.store(to + 3 * stride, v128.shuffle<i64>(ab2, cd2, 1, 3));
}

/** One sample later: zero, a0, a1, a2. */
export function later1(a: v128): v128 {
  return v128.shuffle<f32>(f32x4.splat(0), a, 3, 4, 5, 6);
}

/** Two samples later: zero, zero, a0, a1. */
export function later2(a: v128): v128 {
  return v128.shuffle<f32>(f32x4.splat(0), a, 2, 3, 4, 5);
}

export function splatLane0(a: v128): v128 {
  return v128.shuffle<f32>(a, a, 0, 0, 0, 0);
}

export function splatLane1(a: v128): v128 {
  return v128.shuffle<f32>(a, a, 1, 1, 1, 1);
}

export function splatLane2(a: v128): v128 {
  return v128.shuffle<f32>(a, a, 2, 2, 2, 2);
}

export function splatLane3(a: v128): v128 {
  return v128.shuffle<f32>(a, a, 3, 3, 3, 3);
}

/** Copies vectors; `lengthBytes` is a multiple of 16. */
export function copyVectors(to: usize, from: usize, lengthBytes: usize): void {
  for (let i: usize = 0; i < lengthBytes; i += 16) v128.store(to + i, v128.load(from + i));
}

/** Clears vectors; `lengthBytes` is a multiple of 16. */
export function clearVectors(at: usize, lengthBytes: usize): void {
  for (let i: usize = 0; i < lengthBytes; i += 16) v128.store(at + i, f32x4.splat(0));
}
