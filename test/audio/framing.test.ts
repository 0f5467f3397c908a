import { expect, it } from "vitest";
import { createPacketSplitter } from "../../src/audio/framing.ts";
import { voice, voiceNames } from "../support/fixtures.ts";

it("x", () => {
  for (const n of voiceNames) {
    const v = voice(n);
    const s = createPacketSplitter();
    const run = s.write(v);
    expect([n, s.framing, run.lengths.length, run.bytes.buffer === v.buffer]).toEqual([
      n,
      "bare",
      v.length / 60,
      true,
    ]);
    expect(s.end().trailingBytes).toBe(0);
  }
});
