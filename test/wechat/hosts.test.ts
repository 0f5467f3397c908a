import { beforeEach, describe, expect, it } from "vitest";
import { HostHealth, isWechatHost } from "../../src/wechat/hosts.ts";
import { throughRelay } from "../../src/wechat/relay.ts";
import type { Transport } from "../../src/wechat/transport.ts";
import { APP_ID } from "../support/accounts.ts";
import { ask, askedHosts, bytesOf, unreachableHosts, wechat } from "../support/gateway.ts";

const A = "https://a.test";
const B = "https://b.test";

describe("a host that is down", () => {
  it("is asked last for 30 seconds, and first again after", () => {
    const hosts = new HostHealth();
    hosts.markDown(A, 1_000_000);
    expect(hosts.healthyFirst([A, B], 1_029_999)).toEqual([B, A]);
    expect(hosts.healthyFirst([A, B], 1_030_000)).toEqual([A, B]);
  });

  it("keeps its place when all are down", () => {
    const hosts = new HostHealth();
    hosts.markDown(A, 1_000_000);
    hosts.markDown(B, 1_000_000);
    expect(hosts.healthyFirst([A, B], 1_000_001)).toEqual([A, B]);
  });

  it("is passed over by the next voice, which needs no detour then", async () => {
    for (const mediaId of ["m0", "m1", "m2"])
      wechat.addRecording(APP_ID, mediaId, new Uint8Array(60).fill(0x36));
    await bytesOf(await ask("/v1/voices/m0.speex"));
    unreachableHosts.add("api.weixin.qq.com");
    expect((await ask("/v1/voices/m1.speex")).status).toBe(200);

    askedHosts.length = 0;
    expect((await ask("/v1/voices/m2.speex")).status).toBe(200);
    expect(askedHosts).toEqual(["api2.weixin.qq.com"]);
  });
});

describe("the relay's secret", () => {
  let sent: { url: string; secret: string | null }[];
  const transport = {
    fetch: async (url: string, init: RequestInit) => {
      sent.push({ url, secret: new Headers(init.headers as HeadersInit).get("x-relay-secret") });
      return new Response();
    },
  } as Transport;
  const account = {
    apiOrigins: ["https://api.weixin.qq.com", "https://api.weixin.qq.com.", "https://relay.test"],
    tokenOrigin: "https://relay.test:8443",
    relaySecret: "the secret",
  };

  beforeEach(() => {
    sent = [];
  });

  it.each([
    ["https://relay.test/cgi-bin/media/get/jssdk", "the secret"],
    ["https://relay.test:8443/cgi-bin/stable_token", "the secret"],
    ["https://api.weixin.qq.com/cgi-bin/media/get/jssdk", null],
    ["https://api.weixin.qq.com./cgi-bin/media/get/jssdk", null],
    ["https://relay.test:9000/cgi-bin/token", null],
    ["https://elsewhere.test/wechat/token", null],
  ])("goes with %s: %s", async (url, secret) => {
    await throughRelay(transport, account).fetch(url, {});
    expect(sent).toEqual([{ url, secret }]);
  });
});

it.each([
  ["api.weixin.qq.com", true],
  ["qyapi.weixin.qq.com", true],
  ["api.weixin.qq.com.", true],
  ["weixin.qq.com.", true],
  ["weixin.qq.com.evil.test", false],
  ["evilweixin.qq.com", false],
  ["evilweixin.qq.com.", false],
  ["api.weixin.qq.com..", false],
])("%s is WeChat's own: %s", (host, own) => {
  expect(isWechatHost(host)).toBe(own);
});
