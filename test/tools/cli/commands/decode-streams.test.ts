import { once } from "node:events";
import { openSync } from "node:fs";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { decoded, fixture, get, hdvoice, put, start, VOICE, VOICE_FRAMES, wav } from "../support.ts";

const VOICE_PCM = decoded(VOICE_FRAMES);

describe("stdin and stdout", () => {
  it("tells on stdout how long the sound of a file is", async () => {
    put("voice.speex", VOICE);
    const { status, stdout } = await hdvoice(["decode", "voice.speex", "-"]);
    expect(status).toBe(0);
    expect(stdout).toEqual(wav(VOICE_PCM));
  });

  it("says as SoX does that the length is unknown, from stdin to stdout", async () => {
    const { status, stdout } = await hdvoice(["decode", "-"], { stdin: [VOICE] });
    expect(status).toBe(0);
    expect(stdout).toEqual(wav(VOICE_PCM, 0x7fff_f000));
  });

  it("writes the right header into a file when the voice came on stdin", async () => {
    const cuts = [VOICE.subarray(0, 7), VOICE.subarray(7, 301), VOICE.subarray(301)];
    expect(await hdvoice(["decode", "-", "sound.wav"], { stdin: cuts })).toMatchObject({ status: 0 });
    expect(get("sound.wav")).toEqual(wav(VOICE_PCM));
  });

  it("gives out the first sound while the voice still arrives", async () => {
    const child = start(["decode", "-", "-", "--to", "pcm"]);
    child.stdin.write(VOICE.subarray(0, 300));
    const [first] = (await once(child.stdout, "data")) as [Buffer];
    expect(first).toEqual(VOICE_PCM.subarray(0, first.length));
    child.stdin.end();
    await once(child, "close");
  });

  it("fails when the disk behind stdout is full", async () => {
    put("voice.speex", VOICE);
    const { status, stderr } = await hdvoice(["decode", "voice.speex", "-"], {
      stdout: openSync("/dev/full", "w"),
    });
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: "hdvoice: stdout: cannot be written: no space left on the disk\n",
    });
  });

  it("stops when nobody reads its stdout any more", async () => {
    const child = start(["decode", "-", "-"]);
    const errors = text(child.stderr);
    const closed = once(child, "close");
    child.stdin.on("error", () => {});
    child.stdout.destroy();
    for (let i = 0; i < 200; i++) child.stdin.write(VOICE);
    expect(await closed).toEqual([1, null]);
    expect(await errors).toBe("hdvoice: stdout: cannot be written: whatever was reading it has stopped\n");
  });
});

describe("hours of voice", () => {
  const MAX_GROWTH_MIB = 40;
  const REPORT_PEAK =
    "data:text/javascript,process.on('exit',()=>process.stderr.write('peak '+process.resourceUsage().maxRSS))";

  /** MiB, of the whole process, while it decodes the minute so many times over. */
  async function peakMib(minutes: number): Promise<number> {
    const minute = fixture("voices/minute-60s.speex");
    const { status, stderr } = await hdvoice(["decode", "-", "-q", "--force", "long.wav"], {
      stdin: Array.from({ length: minutes }, () => minute),
      node: ["--import", REPORT_PEAK],
    });
    expect(status).toBe(0);
    expect(get("long.wav")).toHaveLength(44 + minutes * 1_920_000);
    expect(get("long.wav").readUInt32LE(40)).toBe(minutes * 1_920_000);
    return Number(/peak (\d+)/.exec(stderr)?.[1]) / 1024;
  }

  it("takes no more memory than minutes do", async () => {
    const oneMinute = await peakMib(1);
    const anHour = await peakMib(60);
    expect(anHour - oneMinute).toBeLessThan(MAX_GROWTH_MIB);
  });
});
