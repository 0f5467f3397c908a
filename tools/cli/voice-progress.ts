/** How far a voice has been read, for the bar. */
import type { Progress } from "./bar.ts";
import type { Input } from "./input.ts";
import type { Findings } from "./voice.ts";

export function voiceProgress({ name, readBytes, lengthBytes }: Input, { seconds }: Findings): Progress {
  return {
    fraction: lengthBytes ? readBytes / lengthBytes : null,
    text: `${clock(seconds)} of sound  ${name}`,
  };
}

/** Hours only where there are some: 0:07, 12:00, 1:00:00. */
export function clock(seconds: number): string {
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, Math.floor(seconds) % 60];
  return parts
    .join(":")
    .replace(/^0:/, "")
    .replace(/:(\d)(?!\d)/g, ":0$1");
}
