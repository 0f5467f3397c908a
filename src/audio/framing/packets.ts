/** What comes out of a voice once its framing is taken off: whole packets, and what is known of their stream. */
import { RATE_HZ, type SpeexMode } from "../frames.ts";

export type Framing = "bare" | "header-byte" | "ogg";

/** Whole packets, as they lay in the input. `bytes` may alias what was handed in: see whoever gives the run out. */
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

/** What was taken off the front of the input. */
export interface Taken {
  /** May alias the input. */
  readonly run: PacketRun;
  readonly consumedBytes: number;
  /** As long as fewer bytes than these lie behind the consumed ones, nothing more can be taken. At least 1. */
  readonly neededBytes: number;
}

/**
 * Takes one framing off. It keeps no input: what it does not consume must be handed in again, with more behind it.
 * Throws FramingError, and can't be used after that.
 */
export interface Unframer {
  /** Null as long as the stream's header has not arrived. */
  readonly info: SpeexStreamInfo | null;
  take(input: Uint8Array): Taken;
  /** `rest`: what was not taken, and nothing follows it. Returns how much of it is a last partial packet or page. */
  end(rest: Uint8Array): number;
}

export const NO_PACKETS: PacketRun = { bytes: new Uint8Array(0), lengths: [] };
