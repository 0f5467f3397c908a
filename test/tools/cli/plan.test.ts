import { describe, expect, it } from "vitest";
import { type PlanOptions, planTasks } from "../../../tools/cli/plan.ts";

/** `source → target (form)`, one by one. */
function plan(
  names: readonly string[],
  options: PlanOptions = {},
  existing: readonly string[] = [],
): string[] {
  return planTasks(names, options, (file) => existing.includes(file)).map(
    ({ source, target, form }) => `${source} → ${target} (${form})`,
  );
}

describe("where a voice's sound goes", () => {
  it("goes next to the voice, as WAV", () => {
    expect(plan(["a/voice.speex"])).toEqual(["a/voice.speex → a/voice.wav (wav)"]);
    expect(plan(["voice"])).toEqual(["voice → voice.wav (wav)"]);
  });

  it("goes next to the voice in the form that is asked for", () => {
    expect(plan(["a.speex", "b.speex", "c.speex"], { to: "ogg" })).toEqual([
      "a.speex → a.ogg (ogg)",
      "b.speex → b.ogg (ogg)",
      "c.speex → c.ogg (ogg)",
    ]);
  });

  it("goes to the second of two names, in the form of its suffix", () => {
    expect(plan(["a.speex", "b/x.pcm"])).toEqual(["a.speex → b/x.pcm (pcm)"]);
    expect(plan(["-", "x.OGG"])).toEqual(["- → x.OGG (ogg)"]);
  });

  it("goes to stdout if the second name says so, or if the voice comes from stdin", () => {
    expect(plan(["a.speex", "-"])).toEqual(["a.speex → - (wav)"]);
    expect(plan(["-", "-"], { to: "pcm" })).toEqual(["- → - (pcm)"]);
    expect(plan(["-"])).toEqual(["- → - (wav)"]);
  });

  it("goes into the folder that is given, whatever the names end in", () => {
    expect(plan(["a.ogg", "b/c.wav"], { out: "sound" })).toEqual([
      "a.ogg → sound/a.wav (wav)",
      "b/c.wav → sound/c.wav (wav)",
    ]);
    expect(plan(["-"], { out: "sound" })).toEqual(["- → sound/stdin.wav (wav)"]);
  });

  it("takes the second of two names for a voice if there is such a file and it is no output's name", () => {
    expect(plan(["a.speex", "b.speex"], {}, ["b.speex"])).toEqual([
      "a.speex → a.wav (wav)",
      "b.speex → b.wav (wav)",
    ]);
  });

  it("takes two Ogg files for voices when another form is asked for", () => {
    expect(plan(["a.ogg", "b.ogg"], { to: "wav" }, ["b.ogg"])).toEqual([
      "a.ogg → a.wav (wav)",
      "b.ogg → b.wav (wav)",
    ]);
  });
});

describe("what can't be meant", () => {
  it.each<[string, string[], PlanOptions, string]>([
    ["a second name that is neither", ["a.speex", "b.mp3"], {}, "b.mp3: there is no such file to read"],
    ["a form against the suffix", ["a.speex", "b.wav"], { to: "pcm" }, "contradict"],
    ["several voices in one file", ["a.speex", "b.speex", "c.wav"], {}, "can't go into one file"],
    ["an Ogg file to be read or replaced", ["a.ogg", "there.ogg"], {}, "is it to be read, or replaced?"],
    ["stdin among files", ["a.speex", "-", "b.speex"], {}, "stands for stdin or stdout only"],
    ["stdout as a folder", ["a.speex"], { out: "-" }, "--out takes a folder"],
    ["a voice written over itself", ["a.ogg"], { to: "ogg" }, "replaced by its own sound"],
    ["the same by another way", ["x/../a.ogg", "a.ogg"], {}, "replaced by its own sound"],
    ["two voices for one name", ["a/x.speex", "b/x.speex"], { out: "c" }, "would both become x.wav"],
    ["the same next to each other", ["x.speex", "x.spx", "y.spx"], {}, "would both become x.wav"],
  ])("refuses %s", (_, names, options, message) => {
    expect(() => plan(names, options, ["there.ogg"])).toThrow(message);
  });
});
