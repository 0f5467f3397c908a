import { describe, expect, it } from "vitest";
import { type ErrorCode, ServiceError } from "../../src/errors.ts";
import { WechatRefusal, wechatError } from "../../src/http/wechat-answer.ts";
import { PROBLEMS } from "../../src/problems.ts";

const RID = "6b03a75b-47ef4e43-35dbed71";
const CODES = Object.keys(PROBLEMS) as ErrorCode[];
/** On these an SDK asks for another token and repeats the call. */
const REFUSED_TOKEN = [40001, 40014, 42001];

async function answerTo(error: ServiceError) {
  const response = wechatError(error, RID);
  const body = (await response.json()) as { errcode: number; errmsg: string };
  return { status: response.status, headers: response.headers, ...body };
}

describe("wechatError", () => {
  it.each(CODES)("answers %s with an errcode, in WeChat's manner", async (code) => {
    const { status, headers, errcode, errmsg, ...rest } = await answerTo(
      new ServiceError(code, "What is wrong."),
    );
    const byStatus: Partial<Record<ErrorCode, number>> = {
      "precondition-failed": 412,
      "range-not-satisfiable": 416,
    };
    expect(status).toBe(byStatus[code] ?? 200);
    expect(headers.get("content-type")).toBe("application/json");
    expect(errcode).not.toBe(0);
    expect(errmsg).toMatch(
      /^[a-z_]+[A-Za-z_,. -]+ hint: \[What is wrong\.\] rid: 6b03a75b-47ef4e43-35dbed71$/,
    );
    expect(rest).toEqual({});
  });

  it.each([
    ["media-id-malformed", 40007],
    ["voice-not-found", 40007],
    ["account-unknown", 40013],
    ["unauthorized", 40001],
    ["forbidden", 48001],
    ["rate-limited", 45011],
    ["voice-undecodable", 40005],
    ["voice-too-long", 40006],
    ["wechat-unavailable", -1],
    ["not-configured", -1],
    ["internal", -1],
    ["route-not-found", 40066],
    ["method-not-allowed", 43001],
  ] as const)("%s is %i", async (code, errcode) => {
    expect(await answerTo(new ServiceError(code, "x"))).toMatchObject({ errcode });
  });

  it("passes on what WeChat said, with WeChat's rid", async () => {
    const wechat = {
      errcode: 46001,
      errmsg: "media data no exist hint: [abc]",
      rid: "11111111-22222222-33333333",
    };
    expect(await answerTo(new ServiceError("voice-not-found", "x", { wechat }))).toMatchObject({
      errcode: 46001,
      errmsg: "media data no exist hint: [abc] rid: 11111111-22222222-33333333",
    });
  });

  it("names the request itself where WeChat gave no rid", async () => {
    const wechat = { errcode: 45009, errmsg: "", rid: null };
    expect(
      await answerTo(new ServiceError("rate-limited", "x", { wechat, retryAfterSeconds: 7 })),
    ).toMatchObject({
      errcode: 45009,
      errmsg: `error rid: ${RID}`,
    });
  });

  it.each([40001, 40014, 42001, 40013, 40125, 40243, 61023])(
    "keeps WeChat's %i on the gateway's own credentials from an SDK, which would ask for others",
    async (errcode) => {
      const wechat = { errcode, errmsg: "access_token expired", rid: null };
      const told = await answerTo(new ServiceError("wechat-credential", "Correct the setting.", { wechat }));
      expect(told.errcode).toBe(48001);
      expect(REFUSED_TOKEN).not.toContain(told.errcode);
      expect(told.errmsg).toBe(`api unauthorized hint: [Correct the setting.] rid: ${RID}`);
    },
  );

  it("never says 0, which is success", async () => {
    const wechat = { errcode: 0, errmsg: "ok", rid: null };
    expect(await answerTo(new ServiceError("wechat-refused", "x", { wechat }))).toMatchObject({
      errcode: -1,
    });
  });

  it("says the more exact errcode of a refusal", async () => {
    expect(await answerTo(new WechatRefusal("unauthorized", 42001, "It is over."))).toMatchObject({
      errcode: 42001,
      errmsg: `access_token expired hint: [It is over.] rid: ${RID}`,
    });
  });

  it("keeps the headers that the failure must carry", async () => {
    const headers = { "content-range": "bytes */10" };
    const told = await answerTo(new ServiceError("range-not-satisfiable", "x", { headers }));
    expect(told.headers.get("content-range")).toBe("bytes */10");
    const waiting = await answerTo(new ServiceError("rate-limited", "x", { retryAfterSeconds: 60 }));
    expect(waiting.headers.get("retry-after")).toBe("60");
  });
});
