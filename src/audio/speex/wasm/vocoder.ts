/** Narrowband sub-mode 1 (2.15 kbit/s): a smoothed pulse train and noise in the place of the codebooks' sum. */

/** Samples until the next pulse: the train's phase runs on across sub-frames and frames. */
let untilPulse: i32 = 0;
let lastPulse: f32 = 0;
let lastNoise: f32 = 0;
let mean: f32 = 0;

/** Fills 40 samples at `to`. forcedGain 0..1 says how voiced it is; `innovation` is noise times the frame gain. */
export function vocode(to: usize, innovation: usize, lag: i32, forcedGain: f32, frameGain: f32): void {
  const voicing = max<f32>(0, min<f32>(1, 1.5 * (forcedGain - 0.2)));
  const height = sqrt<f32>(2 * <f32>lag) * voicing * frameGain;
  for (let i: usize = 0; i < 160; i += 4) {
    let pulse: f32 = 0;
    if (untilPulse == 0) {
      pulse = height;
      untilPulse = lag;
    }
    untilPulse--;
    const noise = load<f32>(innovation + i);
    const y: f32 = 0.7 * pulse + 0.3 * lastPulse + (1 - 0.85 * voicing) * noise - 0.15 * voicing * lastNoise;
    mean = 0.8 * mean + 0.2 * y;
    store<f32>(to + i, y - mean);
    lastPulse = pulse;
    lastNoise = noise;
  }
}
