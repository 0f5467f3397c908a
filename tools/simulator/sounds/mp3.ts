/** MPEG-2 Layer III, 16 kHz mono at 16 kbit/s: frames of 36 ms and 72 bytes, all of them silence. */
import { concatenate } from "../bytes.ts";

const FRAME_SAMPLES = 576;
const RATE_HZ = 16_000;
const FRAME_BYTES = 72;
/**
 * Eleven ones; version 2 (10), layer III (01), no checksum (1); 16 kbit/s (0010), 16 kHz (10), no padding, private 0;
 * mono (11), extension 00, no copyright, original (1), no emphasis (00).
 */
const HEADER = [0xff, 0xf3, 0x28, 0xc4];

export function mp3(seconds: number): Uint8Array<ArrayBuffer> {
  const frame = new Uint8Array(FRAME_BYTES);
  frame.set(HEADER);
  const frameCount = Math.ceil((seconds * RATE_HZ) / FRAME_SAMPLES);
  return concatenate(Array.from({ length: frameCount }, () => frame));
}
