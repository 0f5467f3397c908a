import { describe, expect, it } from "vitest";
import { PROBLEMS } from "../../src/problems.ts";
import {
  ERRCODES,
  type Mover,
  REFUSED_TOKEN_ERRCODES,
  UNKNOWN_ERRCODE,
  WORK_ERRCODES,
} from "../../src/wechat/errcodes.ts";

const MOVERS: readonly Mover[] = ["caller", "operator", "wechat", "hdvoice"];

describe("every errcode, unknown ones included,", () => {
  const rows = [
    ...Object.entries(ERRCODES),
    ...Object.entries(WORK_ERRCODES),
    ["unknown", UNKNOWN_ERRCODE] as const,
  ];

  it("has words that make a sentence, and somebody's move", () => {
    for (const [errcode, { meaning, advice, mover }] of rows) {
      expect(meaning, errcode).toMatch(/^[A-Za-z].*[^.]$/);
      expect(advice, errcode).toMatch(/^[A-Za-z].*\.$/);
      expect(MOVERS, errcode).toContain(mover);
    }
  });

  it("is an error of ours, and one that fits whose move it is", () => {
    for (const [errcode, { code, mover }] of rows) {
      expect(Object.keys(PROBLEMS), errcode).toContain(code);
      expect(code === "voice-not-found", errcode).toBe(mover === "caller");
      if (mover === "hdvoice") expect(code, errcode).toBe("wechat-refused");
    }
  });

  it("is an outage only where it passes by itself: whoever else has to move, it is final", () => {
    for (const [errcode, { code, mover }] of rows) {
      if (code === "wechat-unavailable") expect(mover, errcode).toBe("wechat");
    }
  });
});

describe("the codes that the README promises", () => {
  it.each([
    ["voice-not-found", [40004, 40007, 40121]],
    ["wechat-permission", [48001, 48004, 50001, 50002, 61003, 61007]],
    ["wechat-ip-not-allowed", [40164, 60020, 61004, 89501, 89503, 89506, 89507]],
    ["wechat-credential", [40001, 40013, 40014, 40125, 40243, 42001]],
    ["rate-limited", [45009, 45011, 45033]],
    ["wechat-unavailable", [-1]],
    ["wechat-refused", [0, 40002, 40097, 41001, 43001, 47001]],
  ])("become %s", (code, errcodes) => {
    expect(errcodes.filter((errcode) => ERRCODES[errcode]?.code !== code)).toEqual([]);
  });
});

it("only an invalid, malformed or expired token is worth a new one", () => {
  expect([...REFUSED_TOKEN_ERRCODES].sort()).toEqual([40001, 40014, 42001]);
});
