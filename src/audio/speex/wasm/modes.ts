/**
 * The sub-modes.
 *
 * Narrowband, 160 samples at 8 kHz; the fields of a frame in order:
 *
 *   mode  bits  LSP  pitch  forced  gain  ·  4 × ( lag  taps  gain  innovation   )
 *    0      5    –     –      –      –           –    –     –    –              comfort noise
 *    1     43   18     7      4      5 + 4       –    –     –    noise
 *    8     79   18     7      4      5           –    –     –    2 × 5
 *    2    119   18     7      –      5           –    5     –    4 × 4
 *    3    160   18     –      –      5           7    5     1    4 × 5
 *    4    220   18     –      –      5           7    5     1    5 × 7
 *    5    300   30     –      –      5           7    7     3    8 × 6
 *    6    364   30     –      –      5           7    7     3    8 × 8
 *    7    492   30     –      –      5           7    7     3    8 × 6, twice
 *
 * each after 1 bit 0 and 4 bits of mode. High band, 160 samples at 8 kHz, after 1 bit 1 and 3 bits of mode:
 *
 *   mode  bits  LSP  ·  4 × ( gain  innovation    )
 *    1     36   12             5    – (the narrowband's, folded)
 *    2    112   12             4    4 × 5
 *    3    192   12             4    5 × (1 + 7)
 *    4    352   12             4    5 × (1 + 7), twice
 */

/** A frame's length with its mode bits. */
const NARROWBAND_BITS: usize = memory.data<u16>([5, 43, 119, 160, 220, 300, 364, 492, 79]);
const HIGH_BAND_BITS: usize = memory.data<u16>([4, 36, 112, 192, 352]);

/** How strongly the enhancer combs each narrowband mode. */
const COMB: usize = memory.data<f32>([0.0, 0.0, 0.6, 0.55, 0.45, 0.25, 0.15, 0.05, 0.5]);

export const LAST_NARROWBAND_MODE: u32 = 8;
export const USER_MESSAGE: u32 = 13;
export const REQUEST: u32 = 14;
export const TERMINATOR: u32 = 15;
export const LAST_HIGH_BAND_MODE: u32 = 4;

export function narrowbandBits(mode: u32): u32 {
  return load<u16>(NARROWBAND_BITS + ((<usize>mode) << 1));
}

export function highBandBits(mode: u32): u32 {
  return load<u16>(HIGH_BAND_BITS + ((<usize>mode) << 1));
}

/** 0 where the enhancer leaves a mode alone. */
export function combStrength(mode: i32): f32 {
  return load<f32>(COMB + ((<usize>mode) << 2));
}

export function hasLongLsp(mode: i32): bool {
  return mode >= 5 && mode <= 7;
}

export function hasOpenLoopPitch(mode: i32): bool {
  return mode <= 2 || mode == 8;
}

/** One pitch and one gain for the frame in the place of the sub-frames' taps. */
export function hasForcedGain(mode: i32): bool {
  return mode == 1 || mode == 8;
}

export function subframeGainBits(mode: i32): u32 {
  if (hasLongLsp(mode)) return 3;
  return mode == 3 || mode == 4 ? 1 : 0;
}
