/**
 * FLAC (RFC 9639 §8): the magic, then blocks of metadata, of which the first describes the stream. Behind its four bytes of
 * header and ten others lie, most significant bit first, the rate in Hz (20 bits), the channels (3), the sample size (5)
 * and the number of samples (36), where 0 stands for unknown.
 */
import { fieldsOf, type Reading, see } from "./reading.ts";

const HEAD_BYTES = 26;
const RATE_AT = 18;
const SAMPLE_COUNT_AT = 22;

export function* readFlac(): Reading {
  const head = yield* see(HEAD_BYTES);
  if (head.length < HEAD_BYTES) return null;
  const fields = fieldsOf(head);
  const rateHz = fields.getUint32(RATE_AT) >>> 12;
  const sampleCount =
    (fields.getUint8(SAMPLE_COUNT_AT - 1) & 15) * 2 ** 32 + fields.getUint32(SAMPLE_COUNT_AT);
  return rateHz === 0 || sampleCount === 0 ? null : sampleCount / rateHz;
}
