/** How long a voice may be. */
import { ServiceError } from "../errors.ts";

const FRAMES_PER_SECOND = 50;
/** Per second of voice: WeChat's 50 frames of 60 bytes, a header byte each, and room for an Ogg page. */
const MAX_BYTES_PER_SECOND = 3_200;
/** An Ogg stream's two header pages. */
const MAX_OVERHEAD_BYTES = 4_096;

/** Both fail with `voice-too-long`. */
export interface VoiceLimit {
  checkBytes(lengthBytes: number): void;
  checkFrames(frameCount: number): void;
}

export function createVoiceLimit(maxSeconds: number): VoiceLimit {
  const refuse = () => {
    throw new ServiceError(
      "voice-too-long",
      `The voice is longer than the ${maxSeconds} seconds that this gateway accepts.`,
    );
  };
  return {
    checkBytes(lengthBytes) {
      if (lengthBytes > maxSeconds * MAX_BYTES_PER_SECOND + MAX_OVERHEAD_BYTES) refuse();
    },
    checkFrames(frameCount) {
      if (frameCount > maxSeconds * FRAMES_PER_SECOND) refuse();
    },
  };
}
