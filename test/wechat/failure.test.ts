import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ERRCODES } from "../../src/wechat/errcodes.ts";
import { ridIn, secondsToBeijingMidnight, toServiceError } from "../../src/wechat/failure.ts";
import { holds } from "../support/holds.ts";

/** 2026-03-01, noon in Beijing. */
const NOON_MS = Date.UTC(2026, 2, 1, 4);
const RID = "0123abcd-89ef0123-4567cdef";

const failed = (errcode: number, errmsg = "") => toServiceError({ errcode, errmsg }, NOON_MS);

describe("midnight in Beijing", () => {
  it.each([
    ["2026-02-28T16:00:00.000Z", 86_400],
    ["2026-02-28T16:00:00.999Z", 86_400],
    ["2026-02-28T16:00:01.000Z", 86_399],
    ["2026-03-01T04:00:00.000Z", 43_200],
    ["2026-03-01T15:59:58.000Z", 2],
    ["2026-03-01T15:59:59.000Z", 1],
    ["2026-03-01T15:59:59.999Z", 1],
    ["1970-01-01T00:00:00.000Z", 57_600],
    ["2028-02-29T15:59:59.000Z", 1],
  ])("is, at %s, %d seconds away", (now, seconds) => {
    expect(secondsToBeijingMidnight(Date.parse(now))).toBe(seconds);
  });

  it("is always one to 86,400 seconds away, and then it is midnight", () => {
    holds(
      fc.property(fc.integer({ min: 0, max: 4e12 }), (nowMs) => {
        const seconds = secondsToBeijingMidnight(nowMs);
        expect(seconds).toBeGreaterThanOrEqual(1);
        expect(seconds).toBeLessThanOrEqual(86_400);
        const then = new Date((Math.floor(nowMs / 1000) + seconds) * 1000);
        expect(then.toISOString()).toContain("T16:00:00.000Z");
      }),
    );
  });
});

describe("trying again makes sense", () => {
  it.each([
    ["after a minute when the minute's quota is used up", 45011, 60],
    ["tomorrow when the day's quota is used up", 45009, 43_200],
    ["soon when WeChat is busy", -1, 10],
    ["soon after a code that nobody knows", 12_345, 10],
  ])("%s", (_, errcode, seconds) => {
    expect(failed(errcode).retryAfterSeconds).toBe(seconds);
  });

  it.each([40007, 40013, 40164, 48001, 48006, 61007])("not at any known time after %d", (errcode) => {
    expect(failed(errcode).retryAfterSeconds).toBeNull();
  });
});

describe("a failure", () => {
  it("says what the code means and what to do, and passes WeChat's own on", () => {
    const error = failed(48001, `api unauthorized rid: ${RID}`);
    expect(error.code).toBe("wechat-permission");
    expect(error.message).toBe(
      "WeChat answered 48001: the account may not call this interface. getHDVoice needs a verified account; see the interface permissions in the console (Development, Interface permissions).",
    );
    expect(error.wechat).toEqual({ errcode: 48001, rid: RID });
    expect(error.operatorDetail).toBeNull();
  });

  it("of an unknown code says so", () => {
    const error = failed(12_345);
    expect(error.code).toBe("wechat-unavailable");
    expect(error.message).toBe(
      "WeChat answered 12345: a code that is not in our table. Look it up in WeChat's table of return codes.",
    );
  });

  it("never quotes WeChat's message, which may quote the request", () => {
    const errmsg = "bad access_token=secret-token in https://api.weixin.qq.com/?access_token=secret-token";
    for (const errcode of [...Object.keys(ERRCODES).map(Number), 12_345]) {
      const { message, operatorDetail } = failed(errcode, errmsg);
      expect(`${message} ${operatorDetail}`).not.toMatch(/secret-token|https:|access_token=/);
    }
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

describe("WeChat's request id", () => {
  it.each([
    [`invalid media_id rid: ${RID}`, RID],
    [`rid: ${RID} and more`, RID],
    [`invalid media_id hint: [a] rid: ${RID}`, RID],
  ])("is found in %s", (errmsg, rid) => {
    expect(ridIn(errmsg)).toBe(rid);
  });

  it.each(["", "rid:", `grid: ${RID}`, "rid: 0123abcd", "rid: 0123ABCD-89EF0123-4567CDEF", `rid:${RID}`])(
    "isn't found in %j",
    (errmsg) => {
      expect(ridIn(errmsg)).toBeNull();
    },
  );
});
