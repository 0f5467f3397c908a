import { describe, expect, it } from "vitest";
import { PUSHED_APP_ID } from "../support/accounts.ts";
import { ask, jsonOf, textOf } from "../support/gateway.ts";

const path = (query: string) => `/wechat/push/${PUSHED_APP_ID}?${query}`;
const NO_KEY = { headers: { authorization: "none" } };

describe("GET /wechat/push/{appId}", () => {
  it("returns the console's echo, without an API key", async () => {
    const signature = "f464b24fc39322e44b38aa78f5edd27bd1441696";
    const query = `signature=${signature}&echostr=4375120948345356249&timestamp=1714036504&nonce=1514711492`;
    const response = await ask(path(query), NO_KEY);
    expect([response.status, await textOf(response)]).toEqual([200, "4375120948345356249"]);
    expect(response.headers.get("content-type")).toMatch(/^text\/plain/);
  });

  it("returns nothing to a wrong signature", async () => {
    const response = await ask(path("signature=00&echostr=hello&timestamp=1&nonce=2"), NO_KEY);
    expect(response.status).toBe(403);
    expect(await jsonOf(response)).toMatchObject({ code: "forbidden" });
  });
});

describe("POST /wechat/push/{appId}", () => {
  const signed = "signature=899cf89e464efb63f54ddac96b0a0a235f53aa78&timestamp=1714037059&nonce=486452656";

  it("answers success to a message of WeChat's", async () => {
    const body = "<xml><MsgType><![CDATA[voice]]></MsgType></xml>";
    const response = await ask(path(signed), { method: "POST", body, ...NO_KEY });
    expect([response.status, await textOf(response)]).toEqual([200, "success"]);
  });

  it.each([
    ["is not readable", "hello", 400, "request-invalid"],
    ["is too long", "x".repeat(70_000), 413, "request-too-large"],
  ])("refuses a body that %s", async (_, body, status, code) => {
    const response = await ask(path(signed), { method: "POST", body, ...NO_KEY });
    expect(await jsonOf(response)).toMatchObject({ status, code });
  });

  it("knows no other method", async () => {
    const response = await ask(path(signed), { method: "PUT", body: "{}", ...NO_KEY });
    expect(response.status).toBe(405);
    expect(response.headers.get("allow")).toBe("GET, HEAD, POST");
  });
});
