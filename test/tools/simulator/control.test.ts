import { afterEach, beforeEach, expect, it } from "vitest";
import { COMMANDS } from "../../../tools/simulator/commands.ts";
import { MANNERS } from "../../../tools/simulator/manners.ts";
import { ODD_TEXTS } from "../../../tools/simulator/odd-texts.ts";
import { type SimulatorServer, startSimulatorServer } from "../../../tools/simulator/server.ts";
import { SOUND_KINDS } from "../../../tools/simulator/sounds/kinds.ts";
import {
  APP_ID,
  createClock,
  createTestSimulator,
  errcodeIn,
  frames,
  getMedia,
  stableToken,
  tokenIn,
} from "./support.ts";

let server: SimulatorServer;
const ask = (path: string, init?: RequestInit) => fetch(`${server.origin}${path}`, init);

beforeEach(async () => {
  server = await startSimulatorServer({ port: 0, simulator: createTestSimulator(createClock()) });
});
afterEach(() => server.close());

async function command(
  name: string,
  body: string | Uint8Array<ArrayBuffer> = "",
): Promise<{ status: number; error?: string }> {
  const response = await ask(`/_simulator/${name}`, { method: "POST", body });
  const answer = (response.status === 204 ? {} : await response.json()) as { error?: string };
  return { status: response.status, ...answer };
}

const misbehave = (rule: unknown) => command("misbehave", JSON.stringify(rule));

it("adds a recording from the request's body", async () => {
  const query = `appId=${APP_ID}&mediaId=m1&contentType=voice/x&endpoint=jssdk`;
  expect(await command(`recordings?${query}`, frames(2))).toEqual({ status: 204 });

  const response = await getMedia(ask, await tokenIn(stableToken(ask)), "m1");
  expect(response.headers.get("content-type")).toBe("voice/x");
  expect(await response.bytes()).toEqual(frames(2));
});

it("adds a sound of another kind", async () => {
  await command(`sounds?appId=${APP_ID}&mediaId=m1&kind=amr-wb&seconds=0.1&endpoint=jssdk`);
  const response = await getMedia(ask, await tokenIn(stableToken(ask)), "m1");
  expect(response.headers.get("content-disposition")).toBe('attachment; filename="m1.amr"');
  expect(await response.bytes()).toEqual(SOUND_KINDS["amr-wb"].make(0.1));
  expect(await command(`sounds?appId=${APP_ID}&mediaId=m1&kind=flac`)).toMatchObject({ status: 400 });
});

it("makes the simulator misbehave and behave", async () => {
  await misbehave({ kind: "errcode", errcode: 45011 });
  expect(await errcodeIn(stableToken(ask))).toBe(45011);
  await command("behave");
  expect(await errcodeIn(stableToken(ask))).toBe(0);
});

it.each(Object.values(MANNERS).map(({ example }) => example))("takes the rule %o", async (example) => {
  const scope = { mediaId: "m1", path: "/cgi-bin/token", appId: APP_ID, times: 1, skip: 0, every: 1 };
  expect(await misbehave({ ...example, ...scope })).toEqual({ status: 204 });
});

it.each([
  [{ kind: "explode" }, "kind"],
  [{ kind: "delay" }, "delayMs"],
  [{ kind: "status", status: 200 }, "status"],
  [{ kind: "hang", times: 0 }, "times"],
  [{ kind: "hang", mediaID: "m1" }, "mediaID"],
  [{ kind: "hang", of: "error" }, "of"],
  [{ kind: "gzip", of: "voices" }, "of"],
])("refuses the rule %o and names what is wrong", async (rule, field) => {
  const { status, error } = await misbehave(rule);
  expect(status).toBe(400);
  expect(error).toContain(field);
});

it("revokes and expires tokens", async () => {
  await command(`recordings?appId=${APP_ID}&mediaId=m1`, frames(1));
  const token = await tokenIn(stableToken(ask));
  await command(`revoke?appId=${APP_ID}&aftermath=only-force-renews`);
  expect(await errcodeIn(getMedia(ask, token, "m1"))).toBe(40001);
  expect(await tokenIn(stableToken(ask))).toBe(token);

  const next = await tokenIn(stableToken(ask, { force_refresh: true }));
  await command(`expire?appId=${APP_ID}`);
  expect(await errcodeIn(getMedia(ask, next, "m1"))).toBe(42001);
});

it("names an account it doesn't have", async () => {
  const expected = { status: 400, error: 'the simulator has no account "wx-unknown"' };
  expect(await command("revoke?appId=wx-unknown")).toEqual(expected);
});

it("lists calls, its own commands not among them, and forgets them on reset", async () => {
  await stableToken(ask);
  const calls = await ask("/_simulator/calls?path=/cgi-bin/stable_token");
  expect(await calls.json()).toMatchObject([{ path: "/cgi-bin/stable_token", outcome: 200 }]);
  await command("reset");
  expect(await (await ask("/_simulator/calls")).json()).toEqual([]);
});

it("tells which commands there are", async () => {
  const { status, error } = await command("unknown");
  expect(status).toBe(404);
  expect(error).toContain("no such command: POST unknown; there are GET help, POST misbehave, ");
});

it("helps with every way to misbehave, every command, and the address to send them to", async () => {
  const help = await (await ask("/_simulator/help")).text();
  for (const [kind, { about }] of Object.entries(MANNERS)) {
    expect(help).toContain(`"kind":"${kind}"`);
    expect(help).toContain(about);
  }
  expect(help).toContain('"prefix":"\\ufeff\\r\\n "');
  for (const [name, { about }] of Object.entries(COMMANDS)) {
    expect(help).toMatch(new RegExp(`${name} +`));
    expect(help).toContain(about);
  }
  for (const { about } of Object.values({ ...SOUND_KINDS, ...ODD_TEXTS })) expect(help).toContain(about);
  expect(help).toContain(`curl ${server.origin}/_simulator/misbehave -d '`);
});

it("limits an account's calls", async () => {
  await command(`limits?appId=${APP_ID}&path=/cgi-bin/stable_token&perMinute=1`);
  expect(await errcodeIn(stableToken(ask))).toBe(0);
  expect(await errcodeIn(stableToken(ask))).toBe(45011);
  expect(await command(`limits?appId=${APP_ID}&perMinute=-1`)).toMatchObject({ status: 400 });
});

it("adds a recording without a type", async () => {
  await command(`recordings?appId=${APP_ID}&mediaId=m1&contentType=`, frames(1));
  const response = await getMedia(ask, await tokenIn(stableToken(ask)), "m1");
  expect(response.headers.get("content-type")).toBeNull();
  await response.bytes();
});
