/** The format's noise: a linear congruential generator for each band, both starting at 1000. */

export const LOW_BAND_NOISE: usize = memory.data<u32>([1000]);
export const HIGH_BAND_NOISE: usize = memory.data<u32>([1000]);

/** √12: an even distribution over one unit, times this, has unit variance. */
const UNIT_VARIANCE: f32 = 3.4642;

/** One sample of the standard deviation `sigma`; the low 23 bits of the seed become a float in [1, 2). */
export function noise(generator: usize, sigma: f32): f32 {
  const seed = load<u32>(generator) * 1664525 + 1013904223;
  store<u32>(generator, seed);
  return UNIT_VARIANCE * sigma * (reinterpret<f32>(0x3f800000 | (seed & 0x7fffff)) - 1.5);
}
