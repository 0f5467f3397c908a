import { describe, expect, it } from "vitest";
import { createSimulator } from "../../../tools/simulator/simulator.ts";

const simulator = createSimulator({
  accounts: [
    { appId: "wx1", secret: "s" },
    { appId: "ww1", secret: "s", kind: "work" },
  ],
});

async function ask(url: string): Promise<Record<string, unknown>> {
  return (await simulator.handle(new Request(url))).json();
}

describe.each([
  [
    "an Official Account",
    "https://api.weixin.qq.com",
    "token?grant_type=client_credential&appid=wx1&secret=s",
    "wx1",
    40001,
  ],
  ["WeCom", "https://qyapi.weixin.qq.com", "gettoken?corpid=ww1&corpsecret=s", "ww1", 40014],
] as const)("the addresses of %s's WeChat", (_, origin, tokenCall, appId, revoked) => {
  const addresses = (token: unknown) => ask(`${origin}/cgi-bin/getcallbackip?access_token=${token}`);

  it("are told for any token that works, and for no other", async () => {
    const { access_token } = await ask(`${origin}/cgi-bin/${tokenCall}`);
    expect(await addresses(access_token)).toMatchObject({ ip_list: expect.arrayContaining(["192.0.2.1"]) });
    simulator.revokeTokens(appId);
    expect(await addresses(access_token)).toMatchObject({ errcode: revoked });
    expect(await addresses("made-up")).toMatchObject({ errcode: 40014 });
    expect(await addresses("")).toMatchObject({ errcode: 41001 });
  });
});
