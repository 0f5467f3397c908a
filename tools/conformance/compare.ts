/** How close decoded samples are to the reference's. */
export interface Comparison {
  readonly snrDb: number;
  readonly maxDifference: number;
  /** The larger of 4 LSB and a thousandth of the peak. */
  readonly allowedDifference: number;
  readonly sampleCount: number;
}

/** A correct decoder's SNR: two builds of the reference agree with each other to 76–86 dB. */
export const REQUIRED_SNR_DB = 75;
/** On clips under three seconds, where one loud moment weighs more. */
export const REQUIRED_SNR_SHORT_DB = 74;

export function compare(decoded: ArrayLike<number>, reference: Int16Array): Comparison {
  let signal = 0;
  let noise = 0;
  let maxDifference = 0;
  let peak = 0;
  for (let n = 0; n < reference.length; n++) {
    const expected = reference[n] ?? 0;
    const difference = Math.abs((decoded[n] ?? 0) - expected);
    signal += expected * expected;
    noise += difference * difference;
    maxDifference = Math.max(maxDifference, difference);
    peak = Math.max(peak, Math.abs(expected));
  }
  return {
    snrDb: 10 * Math.log10(signal / noise),
    maxDifference,
    allowedDifference: Math.max(4, peak / 1000),
    sampleCount: decoded.length,
  };
}

export function saturate(samples: Float64Array): Int16Array {
  return Int16Array.from(samples, (x) => Math.min(32767, Math.max(-32768, Math.floor(x + 0.5))));
}
