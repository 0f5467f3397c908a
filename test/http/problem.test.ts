import { describe, expect, it } from "vitest";
import { type ErrorCode, ServiceError } from "../../src/errors.ts";
import { type ProblemContext, problemResponse } from "../../src/http/problem.ts";
import { PROBLEMS } from "../../src/problems.ts";

const CONTEXT: ProblemContext = {
  origin: "https://hdvoice.test",
  requestId: "request-1",
  audience: "caller",
};
const CODES = Object.keys(PROBLEMS) as ErrorCode[];

describe.each(CODES)("a failure called %s", (code) => {
  it("is answered with its status and a whole problem, which nobody stores", async () => {
    const response = problemResponse(new ServiceError(code, "What went wrong."), CONTEXT);
    const { status, title } = PROBLEMS[code];
    expect(response.status).toBe(status);
    expect(Object.fromEntries(response.headers)).toEqual({
      "content-type": "application/problem+json",
      "cache-control": "no-store",
    });
    expect(await response.json()).toEqual({
      type: `https://hdvoice.test/problems/${code}`,
      title,
      status,
      detail: "What went wrong.",
      code,
      requestId: "request-1",
    });
  });

  it("has a status of failure, and words for whoever meets it", () => {
    const { status, title, advice } = PROBLEMS[code];
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(600);
    expect(title).toMatch(/^[A-Z][^.]+$/);
    expect(advice).toMatch(/^[A-Z'].+\.$/s);
  });
});

/** The documented statuses, by which clients decide: a change here is a change of the API. */
it("codes keep their statuses", () => {
  const statuses = Object.fromEntries(CODES.map((code) => [code, PROBLEMS[code].status]));
  expect(statuses).toEqual({
    "media-id-malformed": 400,
    "format-unknown": 400,
    "request-invalid": 400,
    unauthorized: 401,
    forbidden: 403,
    "link-forged": 403,
    "push-refused": 403,
    "route-not-found": 404,
    "account-unknown": 404,
    "job-not-found": 404,
    "voice-not-found": 404,
    "method-not-allowed": 405,
    "not-acceptable": 406,
    "delivery-id-reused": 409,
    "jobs-unavailable": 503,
    "link-expired": 410,
    "precondition-failed": 412,
    "request-too-large": 413,
    "voice-too-long": 413,
    "path-too-long": 414,
    "range-not-satisfiable": 416,
    "voice-undecodable": 422,
    "rate-limited": 429,
    internal: 500,
    "wechat-permission": 502,
    "wechat-ip-not-allowed": 502,
    "wechat-credential": 502,
    "wechat-refused": 502,
    "transcriber-refused": 502,
    "transcriber-unavailable": 503,
    "wechat-unavailable": 503,
    "not-configured": 503,
  });
});

it("a failure's own headers are sent, but don't change what a problem is", () => {
  const headers = { allow: "GET, HEAD", "content-type": "text/html", "cache-control": "public" };
  const response = problemResponse(new ServiceError("method-not-allowed", "No.", { headers }), CONTEXT);
  expect(Object.fromEntries(response.headers)).toEqual({
    allow: "GET, HEAD",
    "content-type": "application/problem+json",
    "cache-control": "no-store",
  });
});

it.each([0, 60])("a wait of %d seconds is told in Retry-After", (retryAfterSeconds) => {
  const response = problemResponse(new ServiceError("rate-limited", "Slow.", { retryAfterSeconds }), CONTEXT);
  expect(response.headers.get("retry-after")).toBe(String(retryAfterSeconds));
});

it("what WeChat said is passed on, without a request id too", async () => {
  const wechat = { errcode: 48001, errmsg: "api unauthorized", rid: null };
  const response = problemResponse(new ServiceError("wechat-permission", "No.", { wechat }), CONTEXT);
  expect(await response.json()).toMatchObject({ wechat });
});

it("what is meant for operators reaches nobody else, and the cause reaches nobody", async () => {
  const error = new ServiceError("wechat-ip-not-allowed", "Refused.", {
    operatorDetail: "The address is 203.0.113.7.",
    cause: new Error("https://api.weixin.qq.com/?access_token=secret"),
  });
  const toCaller = await problemResponse(error, CONTEXT).text();
  const toOperator = await problemResponse(error, { ...CONTEXT, audience: "operator" }).text();
  expect(JSON.parse(toCaller)).toMatchObject({ detail: "Refused." });
  expect(toCaller).not.toContain("203.0.113.7");
  expect(JSON.parse(toOperator)).toMatchObject({ detail: "Refused. The address is 203.0.113.7." });
  expect(toCaller + toOperator).not.toContain("access_token");
});
