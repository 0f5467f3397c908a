import { describe, expect, it } from "vitest";
import { quotable, ridIn } from "../../src/wechat/errmsg.ts";

const RID = "0123abcd-89ef0123-4567cdef";
const TOKEN = `57_${"aB3-_".repeat(27)}`;

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

describe("of WeChat's words", () => {
  it.each([
    [
      "invalid media_id hint: [xjZ1pa0684d234] rid: 5fd2d934-38a1ada2-656aa0ef",
      "invalid media_id hint: [xjZ1pa0684d234]",
    ],
    ["invalid credential, access_token is invalid or not latest", null],
    [`asked twice rid: ${RID} rid: ${RID}`, "asked twice"],
    ["invalid args", null],
    ["missing parameter: media_id", null],
    ["不合法的媒体文件类型", null],
    ["not allowed, more info at https://open.work.weixin.qq.com/devtool/query?e=60020", null],
    ["two\r\nlines\tand\u0000more\u2028here", "two lines and more here"],
  ])("%j is quoted", (errmsg, quoted) => {
    expect(quotable(errmsg, [])).toBe(quoted ?? errmsg);
  });

  it.each([
    ["a token", `bad ${TOKEN}!`, "bad …!"],
    ["a refresh token", `bad refreshtoken@@@${"x".repeat(30)}`, "bad …"],
    ["an AppSecret", "bad 0123456789abcdef0123456789abcdef", "bad …"],
    ["a token in a query", "GET /x?access_token=abc&media_id=m", "GET /x?access_token=…&media_id=m"],
    ["a secret in JSON", '{"secret":"abc","appid":"wx1"}', '{"secret":"…","appid":"wx1"}'],
    ["a ticket", "component_verify_ticket: abc, bad", "component_verify_ticket: …, bad"],
    [
      "an address",
      "invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist",
      "invalid ip … ipv6 …, not in whitelist",
    ],
    ["part of an address", "requestIP: 203.0.*.* there", "requestIP: … there"],
    ["an IPv6 address", "invalid ip 2001:db8::1, not in whitelist", "invalid ip …, not in whitelist"],
  ])("%s is left out", (_, errmsg, quoted) => {
    expect(quotable(errmsg, [])).toBe(quoted);
  });

  it("what the call carried is left out, however short it is", () => {
    expect(quotable("bad t1 for t1", ["t1", ""])).toBe("bad … for …");
  });

  it("300 characters are enough, and 16 kB of the worst are read in no time", () => {
    for (const unit of ["x ", "a:", "1.", "token", "token=", "[", "::"]) {
      expect(quotable(unit.repeat(8_192), []).length).toBeLessThanOrEqual(301);
    }
  });
});
