/**
 * The 44-byte header of a WAV file with 16-bit mono PCM, little-endian:
 *
 *    0  "RIFF"              20  format, 1 is PCM       34  bits per sample, 16
 *    4  file length − 8     22  channels, 1            36  "data"
 *    8  "WAVE"              24  rate in Hz             40  length of the samples
 *   12  "fmt "              28  bytes per second       44  the samples
 *   16  length of "fmt", 16 32  bytes per sample, 2
 */

export const WAV_HEADER_BYTES = 44;
const BYTES_PER_SAMPLE = 2;
/** Length fields have 32 bits, and the first counts 36 bytes of header. */
const MAX_SAMPLES = Math.floor((0xffff_ffff - (WAV_HEADER_BYTES - 8)) / BYTES_PER_SAMPLE);

/** Length of the whole file. RangeError if a WAV file can't be that long (4 GiB). */
export function wavLengthBytes(sampleCount: number): number {
  if (!Number.isInteger(sampleCount) || sampleCount < 0 || sampleCount > MAX_SAMPLES) {
    throw new RangeError(`a WAV file holds 0 to ${MAX_SAMPLES} samples of 16 bits, not ${sampleCount}`);
  }
  return WAV_HEADER_BYTES + sampleCount * BYTES_PER_SAMPLE;
}

export function wavHeader(sampleCount: number, rateHz: number): Uint8Array {
  const fileBytes = wavLengthBytes(sampleCount);
  const header = new Uint8Array(WAV_HEADER_BYTES);
  const fields = new DataView(header.buffer);
  // Four-character names are big-endian numbers.
  fields.setUint32(0, 0x52494646); // RIFF
  fields.setUint32(4, fileBytes - 8, true);
  fields.setUint32(8, 0x57415645); // WAVE
  fields.setUint32(12, 0x666d7420); // fmt
  fields.setUint32(16, 16, true);
  fields.setUint16(20, 1, true);
  fields.setUint16(22, 1, true);
  fields.setUint32(24, rateHz, true);
  fields.setUint32(28, rateHz * BYTES_PER_SAMPLE, true);
  fields.setUint16(32, BYTES_PER_SAMPLE, true);
  fields.setUint16(34, BYTES_PER_SAMPLE * 8, true);
  fields.setUint32(36, 0x64617461); // data
  fields.setUint32(40, fileBytes - WAV_HEADER_BYTES, true);
  return header;
}
