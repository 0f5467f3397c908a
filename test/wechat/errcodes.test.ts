import { describe, expect, it } from "vitest";
import { PROBLEMS } from "../../src/http/problem.ts";
import {
  BUSY_ERRCODE,
  ERRCODES,
  type Mover,
  REFUSED_TOKEN_ERRCODES,
  UNKNOWN_ERRCODE,
} from "../../src/wechat/errcodes.ts";

const MOVERS: readonly Mover[] = ["caller", "operator", "wechat", "hdvoice"];

describe.each([...Object.entries(ERRCODES), ["unknown", UNKNOWN_ERRCODE] as const])(
  "errcode %s",
  (_, row) => {
    it("has words that make a sentence, and somebody's move", () => {
      expect(row.meaning).toMatch(/^[A-Za-z].*[^.]$/);
      expect(row.advice).toMatch(/^[A-Za-z].*\.$/);
      expect(MOVERS).toContain(row.mover);
    });

    it("is an error of ours only where that fits whose move it is", () => {
      expect(Object.keys(PROBLEMS)).toContain(row.code);
      expect(row.code === "voice-not-found").toBe(row.mover === "caller");
      if (row.mover === "hdvoice") expect(row.code).toBe("wechat-unavailable");
    });
  },
);

describe("the codes that the README promises", () => {
  it.each([
    ["voice-not-found", [40004, 40007, 40121]],
    ["wechat-permission", [48001, 48004, 50001, 50002, 61003, 61007]],
    ["wechat-ip-not-allowed", [40164, 60020, 61004, 89501, 89503, 89506, 89507]],
    ["wechat-credential", [40001, 40013, 40014, 40125, 40243, 42001]],
    ["rate-limited", [45009, 45011]],
    ["wechat-unavailable", [-1]],
  ])("become %s", (code, errcodes) => {
    expect(errcodes.filter((errcode) => ERRCODES[errcode]?.code !== code)).toEqual([]);
  });
});

it("only an invalid, malformed or expired token is worth a new one", () => {
  expect([...REFUSED_TOKEN_ERRCODES].sort()).toEqual([40001, 40014, 42001]);
});

it("only the system's being busy is worth the same call again", () => {
  expect(BUSY_ERRCODE).toBe(-1);
});
