import { describe, expect, it } from "vitest";
import { ERRCODES } from "../../src/wechat/errcodes.ts";
import { toServiceError, wechatErrorIn } from "../../src/wechat/failure.ts";

/** 2026-03-01, noon in Beijing. */
const NOON_MS = Date.UTC(2026, 2, 1, 4);
const RID = "0123abcd-89ef0123-4567cdef";

const failed = (errcode: number, errmsg = "") =>
  toServiceError({ errcode, errmsg }, { nowMs: NOON_MS, secrets: [] });

describe("trying again makes sense", () => {
  it.each([
    ["after a minute when the minute's quota is used up", 45011, 60],
    ["tomorrow when the day's quota is used up", 45009, 43_200],
    ["soon when WeChat is busy", -1, 10],
    ["after a minute when there are too many calls at once", 45033, 60],
  ])("%s", (_, errcode, seconds) => {
    expect(failed(errcode).retryAfterSeconds).toBe(seconds);
  });

  it.each([0, 40007, 40013, 40164, 41001, 48001, 48006, 61007, 12_345])(
    "not at any known time after %d",
    (errcode) => {
      expect(failed(errcode).retryAfterSeconds).toBeNull();
    },
  );
});

describe("a failure", () => {
  it("says what the code means and what to do, and passes WeChat's own on", () => {
    const error = failed(48001, `api unauthorized rid: ${RID}`);
    expect(error.code).toBe("wechat-permission");
    expect(error.message).toBe(
      "WeChat answered 48001: the account may not call this interface. getHDVoice needs a verified account; see the interface permissions in the console (Development, Interface permissions).",
    );
    expect(error.wechat).toEqual({ errcode: 48001, errmsg: "api unauthorized", rid: RID });
    expect(error.operatorDetail).toBeNull();
  });

  it("of an unknown code is final, and says what WeChat said", () => {
    const error = failed(12_345, `sender is asleep hint: [a1] rid: ${RID}`);
    expect(error.code).toBe("wechat-refused");
    expect(error.message).toBe(
      "WeChat answered 12345 (sender is asleep hint: [a1]): a code that is not in our table. Look it up in WeChat's table of return codes.",
    );
  });

  it.each([...Object.keys(ERRCODES).map(Number), 12_345])(
    "%d passes WeChat's words on, without secrets",
    (errcode) => {
      const errmsg =
        "bad short-secret in https://api.weixin.qq.com/?access_token=other-secret from 203.0.113.7";
      const error = toServiceError({ errcode, errmsg }, { nowMs: NOON_MS, secrets: ["short-secret"] });
      expect(error.wechat?.errmsg).toBe("bad … in https://api.weixin.qq.com/?access_token=… from …");
      expect(`${error.message} ${error.wechat?.errmsg}`).not.toMatch(/short-secret|other-secret|203/);
    },
  );
});

describe("WeCom means something else by some numbers", () => {
  it.each([
    [45009, "rate-limited", 60],
    [45033, "rate-limited", 60],
    [40091, "wechat-credential", null],
    [301_002, "wechat-permission", null],
    [40007, "voice-not-found", null],
    [-1, "wechat-unavailable", 10],
  ])("%d is %s, to be tried again after %s s", (errcode, code, retryAfterSeconds) => {
    const error = toServiceError({ errcode, errmsg: "" }, { nowMs: NOON_MS, dialect: "work", secrets: [] });
    expect(error).toMatchObject({ code, retryAfterSeconds });
  });
});

describe("an error in JSON", () => {
  it.each<[unknown, object | null]>([
    [
      { errcode: 40007, errmsg: "no" },
      { errcode: 40007, errmsg: "no" },
    ],
    [
      { errcode: "40007", errmsg: "no" },
      { errcode: 40007, errmsg: "no" },
    ],
    [{ errcode: "-1" }, { errcode: -1, errmsg: "" }],
    [
      { errcode: 0, errmsg: 7 },
      { errcode: 0, errmsg: "" },
    ],
    [{ errcode: "" }, null],
    [{ errcode: "4e4" }, { errcode: 40_000, errmsg: "" }],
    [{ errcode: "40007x" }, null],
    [{ errcode: 40007.5 }, null],
    [{ errcode: null }, null],
    [{ errmsg: "no" }, null],
    [["errcode"], null],
    ["errcode", null],
    [null, null],
  ])("%j is %j", (body, error) => {
    expect(wechatErrorIn(body)).toEqual(error);
  });
});

describe("the address that WeChat saw", () => {
  it.each([
    ["invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist rid: x", "203.0.113.7"],
    ["invalid ip 203.0.113.7, not in whitelist", "203.0.113.7"],
    ["refused: ip 203.0.113.7.", "203.0.113.7"],
    ["invalid ip 2001:db8::1, not in whitelist", "2001:db8::1"],
    ["access clientip is not registered requestIP: 203.0.*.* rid: x", "203.0.*.*"],
    ["not allow to access from your ip, hint: [1], from ip: 203.0.113.7, more info", "203.0.113.7"],
  ])("is told to operators: %s", (errmsg, address) => {
    expect(failed(40164, errmsg).operatorDetail).toBe(`The address that WeChat saw: ${address}.`);
  });

  it.each(["", "invalid ip address", "ip added", "ip", "zip 203.0.113.7", "ip x203.0.113.7"])(
    "isn't guessed from %j",
    (errmsg) => {
      expect(failed(40164, errmsg).operatorDetail).toBeNull();
    },
  );

  it("is told for no other failure", () => {
    expect(failed(40007, "invalid ip 203.0.113.7").operatorDetail).toBeNull();
  });
});
