import { beforeEach, describe, expect, it } from "vitest";
import {
  APP_ID,
  type Ask,
  askOf,
  type Clock,
  classicToken,
  createClock,
  createTestSimulator,
  DAY_MS,
  errcodeIn,
  frames,
  getMedia,
  MINUTE_MS,
  SECRET,
  stableToken,
  tokenIn,
} from "./support.ts";

const LIFETIME_MS = 120 * MINUTE_MS;

let clock: Clock;
let simulator: ReturnType<typeof createTestSimulator>;
let ask: Ask;

function start(settings: Parameters<typeof createTestSimulator>[1] = {}): void {
  clock = createClock();
  simulator = createTestSimulator(clock, settings);
  simulator.addRecording(APP_ID, "m1", frames(1), { recordedAtMs: clock.now() + DAY_MS });
  ask = askOf(simulator);
}

beforeEach(() => start());

/** What a download with this token is refused with; 0: it works. */
const verdict = (token: string) => errcodeIn(getMedia(ask, token, "m1"));

async function expiresIn(answer: Promise<Response>): Promise<number> {
  return ((await (await answer).json()) as { expires_in: number }).expires_in;
}

describe("GET /cgi-bin/token", () => {
  it("gives a token for two hours", async () => {
    const response = await classicToken(ask);
    expect(response.headers.get("content-type")).toBe("application/json; encoding=utf-8");
    expect(await response.json()).toEqual({
      access_token: expect.stringMatching(/^[\w-]{131,512}$/),
      expires_in: 7200,
    });
  });

  it("gives another token on every call and lets the former work five minutes more", async () => {
    const first = await tokenIn(classicToken(ask));
    const second = await tokenIn(classicToken(ask));
    expect(second).not.toBe(first);

    clock.move(5 * MINUTE_MS - 1);
    expect([await verdict(first), await verdict(second)]).toEqual([0, 0]);
    clock.move(1);
    expect([await verdict(first), await verdict(second)]).toEqual([40001, 0]);
  });

  it("lets a token expire after two hours", async () => {
    const token = await tokenIn(classicToken(ask));
    clock.move(LIFETIME_MS - 1);
    expect(await verdict(token)).toBe(0);
    clock.move(1);
    expect(await verdict(token)).toBe(42001);
  });

  it("refuses once the day's quota is used, until midnight in Beijing", async () => {
    start({ dailyTokenQuota: 1 });
    await tokenIn(classicToken(ask));
    clock.move(12 * 60 * MINUTE_MS - 1);
    expect(await errcodeIn(classicToken(ask))).toBe(45009);
    clock.move(1);
    expect(await errcodeIn(classicToken(ask))).toBe(0);
  });

  it.each([
    [40002, "grant_type=authorization_code&appid=A&secret=S"],
    [41002, "grant_type=client_credential&secret=S"],
    [41004, `grant_type=client_credential&appid=${APP_ID}`],
    [40013, "grant_type=client_credential&appid=wx-unknown&secret=S"],
    [40125, `grant_type=client_credential&appid=${APP_ID}&secret=wrong`],
  ])("answers %i to ?%s", async (errcode, query) => {
    expect(await errcodeIn(ask(`/cgi-bin/token?${query}`))).toBe(errcode);
  });

  it.each([
    ["secret-frozen", 40243],
    ["token-forbidden", 50004],
    ["frozen", 50007],
  ] as const)("refuses an account that is %s with %i", async (condition, errcode) => {
    start({ condition });
    expect(await errcodeIn(classicToken(ask))).toBe(errcode);
    expect(await errcodeIn(stableToken(ask))).toBe(errcode);
  });

  it("answers 40001 to a wrong secret where the account is set so", async () => {
    start({ wrongSecretErrcode: 40001 });
    expect(await errcodeIn(classicToken(ask, APP_ID, "wrong"))).toBe(40001);
  });
});

describe("POST /cgi-bin/stable_token", () => {
  it("gives the same token with the time that remains", async () => {
    const token = await tokenIn(stableToken(ask));
    clock.move(LIFETIME_MS - 345_000);
    expect(await (await stableToken(ask)).json()).toEqual({ access_token: token, expires_in: 345 });
  });

  it("hands out the next token in the last five minutes while the old one works to its end", async () => {
    const old = await tokenIn(stableToken(ask));
    clock.move(LIFETIME_MS - 5 * MINUTE_MS);
    expect(await expiresIn(stableToken(ask))).toBe(300);
    clock.move(1);
    expect(await expiresIn(stableToken(ask))).toBe(7200);
    const next = await tokenIn(stableToken(ask));
    expect(next).not.toBe(old);

    expect([await verdict(old), await verdict(next)]).toEqual([0, 0]);
    clock.move(5 * MINUTE_MS);
    expect([await verdict(old), await verdict(next)]).toEqual([42001, 0]);
  });

  it("forces a new token, and the last one is dead at once", async () => {
    const old = await tokenIn(stableToken(ask));
    const next = await tokenIn(stableToken(ask, { force_refresh: true }));
    expect(next).not.toBe(old);
    expect([await verdict(old), await verdict(next)]).toEqual([40001, 0]);
    expect(await tokenIn(stableToken(ask))).toBe(next);
  });

  it("forces nothing within 30 seconds of the last time", async () => {
    const first = await tokenIn(stableToken(ask, { force_refresh: true }));
    clock.move(29_999);
    expect(await tokenIn(stableToken(ask, { force_refresh: true }))).toBe(first);
    clock.move(1);
    expect(await tokenIn(stableToken(ask, { force_refresh: true }))).not.toBe(first);
  });

  it("forces at most 20 times a day", async () => {
    const seen = new Set<string>();
    for (let call = 0; call < 25; call++) {
      seen.add(await tokenIn(stableToken(ask, { force_refresh: true })));
      clock.move(30_000);
    }
    expect(seen.size).toBe(20);
    clock.move(DAY_MS);
    expect(seen).not.toContain(await tokenIn(stableToken(ask, { force_refresh: true })));
  });

  it("leaves the tokens of /cgi-bin/token alone, and the other way round", async () => {
    const classic = await tokenIn(classicToken(ask));
    const stable = await tokenIn(stableToken(ask));
    await stableToken(ask, { force_refresh: true });
    await classicToken(ask);
    expect([await verdict(classic), await verdict(stable)]).toEqual([0, 40001]);
    clock.move(5 * MINUTE_MS);
    expect(await verdict(await tokenIn(stableToken(ask)))).toBe(0);
  });

  it("allows 10,000 calls a minute", async () => {
    for (let call = 0; call < 10_000; call++) await stableToken(ask);
    expect(await errcodeIn(stableToken(ask))).toBe(45011);
    clock.move(MINUTE_MS);
    expect(await errcodeIn(stableToken(ask))).toBe(0);
  });

  it("answers 40002 to a form body", async () => {
    const body = new URLSearchParams({ grant_type: "client_credential", appid: APP_ID, secret: SECRET });
    expect(await errcodeIn(ask("/cgi-bin/stable_token", { method: "POST", body }))).toBe(40002);
  });

  it("answers 43002 to GET", async () => {
    expect(await errcodeIn(ask("/cgi-bin/stable_token"))).toBe(43002);
  });

  it.each([
    [40002, { grant_type: "password" }],
    [40013, { appid: "wx-unknown" }],
    [40125, { secret: "wrong" }],
    [41002, { appid: undefined }],
    [41004, { secret: undefined }],
    [47001, { force_refresh: "yes" }],
  ])("answers %i to %o", async (errcode, changes) => {
    expect(await errcodeIn(stableToken(ask, changes))).toBe(errcode);
  });
});

describe("tokens that go bad", () => {
  it("refuses revoked tokens with 40001 and gives a new one in normal mode", async () => {
    const token = await tokenIn(stableToken(ask));
    simulator.revokeTokens(APP_ID);
    expect(await verdict(token)).toBe(40001);
    expect(await verdict(await tokenIn(stableToken(ask)))).toBe(0);
  });

  it("goes on giving a revoked token in normal mode where only force is to help", async () => {
    const token = await tokenIn(stableToken(ask));
    simulator.revokeTokens(APP_ID, "only-force-renews");
    expect(await tokenIn(stableToken(ask))).toBe(token);
    expect(await verdict(token)).toBe(40001);
    expect(await verdict(await tokenIn(stableToken(ask, { force_refresh: true })))).toBe(0);
  });

  it("refuses expired tokens with 42001 and gives a new one", async () => {
    const token = await tokenIn(stableToken(ask));
    simulator.expireTokens(APP_ID);
    expect(await verdict(token)).toBe(42001);
    expect(await verdict(await tokenIn(stableToken(ask)))).toBe(0);
  });

  it("names an account it doesn't have", () => {
    expect(() => simulator.revokeTokens("wx-unknown")).toThrow('no account "wx-unknown"');
  });
});
