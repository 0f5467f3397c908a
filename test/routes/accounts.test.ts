import { describe, expect, it } from "vitest";
import * as known from "../support/accounts.ts";
import { ask, jsonOf, wechat } from "../support/gateway.ts";
import { authorize } from "../support/platform.ts";

describe("GET /v1/accounts", () => {
  const asOperator = { headers: { authorization: `Bearer ${known.OPERATOR_KEY}` } };

  it("tells every account, its token's age and state, and never a token", async () => {
    await ask("/v1/token", { headers: { authorization: `Bearer ${known.TOKEN_KEY}` } });
    wechat.misbehave({
      kind: "errcode",
      errcode: 40164,
      errmsg: "invalid ip 203.0.113.9 ipv6 ::ffff:203.0.113.9, not in whitelist",
      appId: known.OTHER_APP_ID,
    });
    await ask(`/v1/apps/${known.OTHER_APP_ID}/voices/m1.speex`);

    const response = await ask("/v1/accounts", asOperator);
    expect(response.headers.get("cache-control")).toBe("no-store");
    const { accounts } = await jsonOf<{ accounts: { appId: string }[] }>(response);
    expect(accounts.map(({ appId }) => appId)).toEqual([
      known.APP_ID,
      known.OTHER_APP_ID,
      known.CLASSIC_APP_ID,
      known.CORP_ID,
      known.REMOTE_APP_ID,
      known.PUSHED_APP_ID,
      known.LISTED_MERCHANT_APP_ID,
      known.CLOUD_APP_ID,
      known.CLOUD_TOKEN_APP_ID,
    ]);
    expect(accounts[0]).toEqual({
      appId: known.APP_ID,
      source: "stable",
      authorization: null,
      token: {
        state: "fresh",
        ageSeconds: expect.any(Number),
        expiresInSeconds: expect.any(Number),
        renewal: "ahead of time",
        forcedRefreshesToday: 0,
        lastFailure: null,
      },
    });
    expect(accounts[1]).toMatchObject({
      token: {
        state: "none",
        lastFailure: {
          code: "wechat-ip-not-allowed",
          detail: expect.stringMatching(
            /^WeChat answered 40164: .* The address that WeChat saw: 203\.0\.113\.9\.$/,
          ),
          wechat: { errcode: 40164 },
        },
      },
    });
    expect(accounts[7]).toMatchObject({ appId: known.CLOUD_APP_ID, token: null });
  });

  it("tells authorised accounts, what they have granted, and their platform", async () => {
    await authorize(known.MERCHANT_APP_ID, [1, 11]);
    const answer = await jsonOf<{ accounts: { appId: string }[] }>(await ask("/v1/accounts", asOperator));
    expect(answer.accounts.find(({ appId }) => appId === known.MERCHANT_APP_ID)).toMatchObject({
      source: "authorizer",
      authorization: {
        componentAppId: known.PLATFORM_ID,
        standing: "authorized",
        permissionSets: [1, 11],
        mayFetchVoices: true,
      },
      token: { state: "none" },
    });
    expect(answer.accounts.find(({ appId }) => appId === known.LISTED_MERCHANT_APP_ID)).toMatchObject({
      authorization: { standing: "not authorized", permissionSets: null, mayFetchVoices: null },
    });
    expect(answer).toMatchObject({
      platforms: [
        {
          appId: known.PLATFORM_ID,
          ticketAgeSeconds: expect.any(Number),
          token: { state: "fresh" },
          authorizedAccounts: 1,
          pendingAuthorizations: 0,
        },
      ],
    });
  });

  it("is for keys with the scope accounts:read", async () => {
    expect((await ask("/v1/accounts")).status).toBe(403);
  });
});
