/**
 * Whether anybody may have spoken: recognisers answer silence with a sentence that they have read often. Told from the energy of
 * frames of 20 ms, 16-bit samples, little-endian, mono. In doubt there is speech: what is sent in vain costs little.
 *
 *   level      root mean square of a frame without its mean, in steps of 16 bits; full scale is 32,768
 *   loud       the fifth loudest frame: shorter than 100 ms is a click
 *   silent     loud < 8 (−72 dBFS): digital silence, dither, a microphone that was covered
 *   steady     loud < 328 (−40 dBFS), and less than twice the median: an empty room. Speech goes up and down by more
 */

const FRAMES_PER_SECOND = 50;
const LOUD_RANK = 5;
const SILENT_BELOW = 8;
const QUIET_BELOW = 328;
const STEADY_WITHIN = 2;

export function hasSpeech(pcm: Uint8Array, rateHz: number): boolean {
  const levels = frameLevels(pcm, rateHz).sort((a, b) => b - a);
  // What is too short to be judged is heard.
  if (levels.length < LOUD_RANK) return levels.some((level) => level >= SILENT_BELOW);
  const loud = levels[LOUD_RANK - 1] ?? 0;
  const median = levels[Math.floor(levels.length / 2)] ?? 0;
  if (loud < SILENT_BELOW) return false;
  return loud >= QUIET_BELOW || loud >= STEADY_WITHIN * median;
}

/** Of whole frames, in their order. */
export function frameLevels(pcm: Uint8Array, rateHz: number): Float64Array {
  const samples = new DataView(pcm.buffer, pcm.byteOffset, pcm.byteLength);
  const frameSamples = Math.max(1, Math.floor(rateHz / FRAMES_PER_SECOND));
  const frameCount = Math.floor(pcm.length / 2 / frameSamples);
  const levels = new Float64Array(frameCount);
  for (let frame = 0; frame < frameCount; frame++) {
    let sum = 0;
    let squares = 0;
    const start = frame * frameSamples * 2;
    for (let at = start; at < start + frameSamples * 2; at += 2) {
      const sample = samples.getInt16(at, true);
      sum += sample;
      squares += sample * sample;
    }
    const mean = sum / frameSamples;
    levels[frame] = Math.sqrt(Math.max(0, squares / frameSamples - mean * mean));
  }
  return levels;
}
