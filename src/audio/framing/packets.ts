/** What comes out of a voice once its framing is taken off: whole packets, and what is known of their stream. */
import { RATE_HZ, type SpeexMode } from "../frames.ts";

/** Whole packets, as they lay in the input. `bytes` may alias the written chunk: use it before the next write. */
export interface PacketRun {
  /** The packets one after another, nothing between them. */
  readonly bytes: Uint8Array;
  /** Length of each packet in bytes, in order. */
  readonly lengths: ArrayLike<number>;
}

export interface SpeexStreamInfo {
  readonly mode: SpeexMode;
  /** Rate of the decoded samples, as the stream's header names it. How many a frame has only the mode says. */
  readonly rateHz: number;
  /** In Ogg the last packet may hold fewer, so only decoding it tells the exact number of samples. */
  readonly framesPerPacket: number;
}

/** Wideband, one frame a packet: nothing in a stream without a header could say otherwise. */
export const WECHAT_STREAM: SpeexStreamInfo = { mode: "wideband", rateHz: RATE_HZ, framesPerPacket: 1 };

/** Takes one framing off. Chunks may be cut anywhere. */
export interface Unframer {
  /** Null as long as the stream's header has not arrived. */
  readonly info: SpeexStreamInfo | null;
  write(chunk: Uint8Array): PacketRun;
  /** Bytes of a last partial packet (or page). Throws if the stream ended before its header. */
  end(): number;
}

export const NO_PACKETS: PacketRun = { bytes: new Uint8Array(0), lengths: [] };
