/**
 * Decodes made-up voice, so that V8's optimising compiler has seen the decoder before the first real voice comes. V8 begins
 * with code that is quickly made and four times as slow, and compiles a function anew, on another thread, once it has run for
 * long enough: the first four after 8 s of voice, four more by 16 s.
 *
 * Worth it where there is time of its own, as while a Worker starts, and some 200 ms before the first voice.
 */
import { createDecoder } from "./decoder.ts";

/** As WeChat sends them: wideband, sub-modes 6 and 2. */
const FRAME_BYTES = 60;

/** By then the filters have been compiled anew. What fewer and more bring: README.md, "The first minute". */
const FRAME_COUNT = 500;

/**
 * Frames that mean nothing and are valid: each field holds 0101… or 1010…, the gain is low, and the last four bits are
 * WeChat's padding. One after another in bare framing, `frameCount` of them.
 */
export function rehearsalFrames(frameCount: number): Uint8Array<ArrayBuffer> {
  const frames = new Uint8Array(frameCount * FRAME_BYTES).fill(0x55);
  for (let at = 0; at < frames.length; at += FRAME_BYTES) {
    // 0 0110 101: the narrowband's mode. 0101 1 010: the high band's. 0101 0111: padding.
    frames[at] = 0x35;
    frames[at + 45] = 0x5a;
    frames[at + 59] = 0x57;
  }
  return frames;
}

/** Decodes `frameCount` frames and throws the sound away. It returns before V8 has compiled anything. */
export function rehearseDecoder(module: WebAssembly.Module, frameCount = FRAME_COUNT): void {
  const decoder = createDecoder(module, { mode: "wideband", framesPerPacket: 1 });
  const lengths = new Uint8Array(frameCount).fill(FRAME_BYTES);
  decoder.decode({ bytes: rehearsalFrames(frameCount), lengths }, () => {});
  decoder.close();
}
