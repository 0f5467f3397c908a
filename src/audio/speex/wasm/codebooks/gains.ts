/** Gains. Constants of the Speex format (NOTICE); made by tools/codebooks/generate.ts. */

/** A narrowband frame's gain, 5-bit index q: exp(q / 3.5). */
export const FRAME_GAINS: usize = memory.data<f32>([
  1.0, 1.3307122, 1.770795, 2.3564184, 3.1357148, 4.172734, 5.5527077, 7.389056, 9.832707, 13.084503, 17.411709, 23.169971, 30.832565, 41.02927, 54.59815, 72.65443, 96.68213, 128.65608, 171.20422, 227.82355,
  303.16757, 403.4288, 536.8476, 714.38965, 950.64703, 1265.0376, 1683.401, 2240.1223, 2980.958, 3966.797, 5278.6655, 7024.3843,
]);

/** A sub-frame's share of the frame gain, 3-bit index. */
export const SUBFRAME_GAINS_8: usize = memory.data<f32>([
  0.06113, 0.163546, 0.310413, 0.42822, 0.555887, 0.719055, 0.938694, 1.326874,
]);

/** A sub-frame's share of the frame gain, 1-bit index. */
export const SUBFRAME_GAINS_2: usize = memory.data<f32>([
  0.70469, 1.05127,
]);

/** High band sub-mode 1, 5-bit index q: exp((q − 10) / 8). */
export const FOLDING_GAINS: usize = memory.data<f32>([
  0.2865048, 0.32465246, 0.36787945, 0.416862, 0.47236654, 0.53526145, 0.60653067, 0.6872893, 0.7788008, 0.8824969, 1.0, 1.1331484, 1.2840254, 1.4549915, 1.6487212, 1.868246, 2.117, 2.3988752, 2.7182817, 3.080217,
  3.4903429, 3.9550767, 4.481689, 5.078419, 5.754603, 6.520819, 7.389056, 8.372897, 9.487736, 10.751013, 12.182494, 13.804574,
]);

/** High band sub-modes 2..4, 4-bit index; relative to the narrowband excitation. */
export const HIGH_BAND_GAINS: usize = memory.data<f32>([
  0.97979, 1.28384, 1.68223, 2.20426, 2.88829, 3.78458, 4.959, 6.49787, 8.51428, 11.15642, 14.61846, 19.15484, 25.09895, 32.88761, 43.09325, 56.46588,
]);

/** What is left of the excitation in the n-th lost frame in a row, n = 0..9; then nothing. */
export const LOSS_ATTENUATION: usize = memory.data<f32>([
  1.0, 0.961, 0.852, 0.698, 0.527, 0.368, 0.237, 0.141, 0.077, 0.039,
]);
