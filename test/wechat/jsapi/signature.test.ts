import { expect, it } from "vitest";
import { signPage } from "../../../src/wechat/jsapi/signature.ts";
import { signatureOf } from "../../support/page-signature.ts";

/** WeChat's own example: developers.weixin.qq.com/doc/service/guide/h5/jssdk.html, appendix 1. */
const OFFICIAL = {
  ticket: "sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg",
  nonceStr: "Wm3WZYTPz0wzccnW",
  timestamp: 1414587457,
  url: "http://mp.weixin.qq.com?params=value",
};
const SIGNATURE = "0f9de62fce790f9a083d5c99e95740ceb90c27ed";

it("signs WeChat's example as WeChat does", async () => {
  expect(await signPage(OFFICIAL)).toBe(SIGNATURE);
});

it("leaves out what begins with the first #", async () => {
  expect(await signPage({ ...OFFICIAL, url: `${OFFICIAL.url}#/a#b?c=d` })).toBe(SIGNATURE);
});

it.each([
  "https://page.example/a%20b?x=%E8%AF%AD%E9%9F%B3&y=1+2",
  "https://page.example/语音?x=é",
  "https://page.example/?x=a=b&&=",
])("signs %s as it is, encoded or not", async (url) => {
  expect(await signPage({ ...OFFICIAL, url })).toBe(await signatureOf(OFFICIAL.ticket, OFFICIAL, url));
});
