import { beforeEach, describe, expect, it } from "vitest";
import { createSimulator, type Simulator } from "../../../tools/simulator/simulator.ts";
import { type Clock, createClock, stableToken, tokenIn } from "./support.ts";

const CORP_ID = "ww0000000000000001";
const APP_ID = "wx0000000000000001";
const SECRET = "not-a-real-secret";

let clock: Clock;
let simulator: Simulator;

beforeEach(() => {
  clock = createClock();
  simulator = createSimulator({
    now: clock.now,
    accounts: [
      { appId: CORP_ID, secret: SECRET, kind: "work" },
      { appId: APP_ID, secret: SECRET },
    ],
  });
});

interface TicketAnswer {
  errcode: number;
  errmsg: string;
  ticket: string;
  expires_in: number;
}

const api = (path: string) => simulator.handle(new Request(`https://api.weixin.qq.com${path}`));
const qyapi = (path: string) => simulator.handle(new Request(`https://qyapi.weixin.qq.com${path}`));
const jsonIn = async (answer: Promise<Response>) => (await (await answer).json()) as TicketAnswer;

describe("an Official Account's ticket", () => {
  const token = () =>
    tokenIn(
      stableToken((path, init) => simulator.handle(new Request(`https://api.weixin.qq.com${path}`, init))),
    );
  const ask = async (query: string) => jsonIn(api(`/cgi-bin/ticket/getticket?${query}`));

  it("is the same one until its last five minutes", async () => {
    const query = `access_token=${await token()}&type=jsapi`;
    const first = await ask(query);
    expect(first).toEqual({
      errcode: 0,
      errmsg: "ok",
      ticket: expect.stringMatching(/^[\w-]{86}$/),
      expires_in: 7200,
    });
    expect(simulator.ticketOf(APP_ID)).toBe(first.ticket);
    clock.move(6_800_000);
    expect(await ask(query)).toEqual({ ...first, expires_in: 400 });
    clock.move(100_000);
    const last = await ask(`access_token=${await token()}&type=jsapi`);
    expect(last.ticket).not.toBe(first.ticket);
    expect(last.expires_in).toBe(7200);
  });

  it.each([
    [41001, async () => "type=jsapi"],
    [40014, async () => "access_token=x&type=jsapi"],
    [40001, async () => `access_token=${"x".repeat(100)}&type=jsapi`],
    [40097, async () => `access_token=${await token()}`],
    [40097, async () => `access_token=${await token()}&type=agent_config`],
  ])("is refused with %i", async (errcode, query) => {
    expect(await ask(await query())).toMatchObject({ errcode });
    expect(simulator.ticketOf(APP_ID)).toBeNull();
  });
});

describe("WeCom's tickets", () => {
  const token = async () => tokenIn(qyapi(`/cgi-bin/gettoken?corpid=${CORP_ID}&corpsecret=${SECRET}`));

  it("are two, each the same until it has ended", async () => {
    const first = `access_token=${await token()}`;
    const corp = await jsonIn(qyapi(`/cgi-bin/get_jsapi_ticket?${first}`));
    const agent = await jsonIn(qyapi(`/cgi-bin/ticket/get?${first}&type=agent_config`));
    expect(corp).toMatchObject({ errcode: 0, errmsg: "ok", expires_in: 7200 });
    expect(agent.ticket).not.toBe(corp.ticket);
    expect(simulator.ticketOf(CORP_ID, "agent_config")).toBe(agent.ticket);
    clock.move(7_199_000);
    expect(await jsonIn(qyapi(`/cgi-bin/get_jsapi_ticket?${first}`))).toEqual({ ...corp, expires_in: 1 });
    clock.move(1_000);
    const next = await jsonIn(qyapi(`/cgi-bin/get_jsapi_ticket?access_token=${await token()}`));
    expect(next.ticket).not.toBe(corp.ticket);
  });

  it("are refused to a token that isn't a corp's, and for another type", async () => {
    const official = await tokenIn(
      stableToken((path, init) => simulator.handle(new Request(`https://api.weixin.qq.com${path}`, init))),
    );
    const work = await token();
    const asked = [
      `/cgi-bin/get_jsapi_ticket?access_token=${official}`,
      `/cgi-bin/ticket/get?access_token=${work}&type=jsapi`,
      "/cgi-bin/ticket/get?type=agent_config",
    ];
    const errcodes = await Promise.all(asked.map(async (path) => (await jsonIn(qyapi(path))).errcode));
    expect(errcodes).toEqual([40014, 40058, 41001]);
  });

  it("are given a hundred times an hour to one app", async () => {
    const path = `/cgi-bin/get_jsapi_ticket?access_token=${await token()}`;
    for (let call = 0; call < 100; call++) expect((await jsonIn(qyapi(path))).errcode).toBe(0);
    expect((await jsonIn(qyapi(path))).errcode).toBe(45009);
  });
});
