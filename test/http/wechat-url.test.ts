import { describe, expect, it } from "vitest";
import { parametersIn, tidyPath } from "../../src/http/wechat-url.ts";

describe("tidyPath", () => {
  it.each([
    ["/cgi-bin/token", "/cgi-bin/token"],
    ["//cgi-bin/token", "/cgi-bin/token"],
    ["/cgi-bin//media///get/jssdk", "/cgi-bin/media/get/jssdk"],
    ["/cgi-bin/token/", "/cgi-bin/token"],
    ["//cgi-bin//token//", "/cgi-bin/token"],
    // Elsewhere a path is what it is.
    ["/v1//voices/a.wav", "/v1//voices/a.wav"],
    ["//v1/voices/a.wav", "//v1/voices/a.wav"],
    ["/v1/voices/", "/v1/voices/"],
    ["/", "/"],
    ["//", "//"],
  ])("%s is %s", (path, tidy) => {
    expect(tidyPath(path)).toBe(tidy);
  });
});

describe("parametersIn", () => {
  it.each([
    ["?a=1&b=2", { a: "1", b: "2" }],
    ["?b=2&a=1", { a: "1", b: "2" }],
    ["?a=1&b=2?", { a: "1", b: "2" }],
    ["?a=1?b=2", { a: "1", b: "2" }],
    ["?&a=1&&b=2&", { a: "1", b: "2" }],
    ["??a=1", { a: "1" }],
    ["?a=x%26y%3Fz", { a: "x&y?z" }],
    ["?a", { a: "" }],
    ["?", {}],
    ["", {}],
  ])("%s", (query, parameters) => {
    expect(Object.fromEntries(parametersIn(`https://hdvoice.test/cgi-bin/token${query}`))).toEqual(
      parameters,
    );
  });
});
