import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { control } from "../../../tools/simulator/control.ts";
import type { Simulator } from "../../../tools/simulator/simulator.ts";
import { createClock, createTestSimulator, NOON_MS } from "./support.ts";

const PLAIN = { url: "https://gateway.test/push", token: "AAAAA", appId: "wx1", mode: "plain" };
const SAFE = { ...PLAIN, mode: "safe", encodingAesKey: "A".repeat(43) };

let simulator: Simulator;
let sent: Request[];

beforeEach(() => {
  simulator = createTestSimulator(createClock());
  sent = [];
  vi.stubGlobal("fetch", async (request: Request) => {
    sent.push(request);
    return new Response("success");
  });
});
afterEach(() => {
  vi.unstubAllGlobals();
});

async function message(fields: unknown): Promise<{ status: number; body: unknown }> {
  const url = "http://simulator.test/_simulator/push/message";
  const response = await control(
    simulator,
    new Request(url, { method: "POST", body: JSON.stringify(fields) }),
  );
  return { status: response.status, body: await response.json() };
}

const textSent = async () => Buffer.from(await (sent[0] as Request).arrayBuffer()).toString("latin1");

it("sends a voice message and tells the answer", async () => {
  expect(await message({ ...PLAIN, mediaId: "m1" })).toEqual({
    status: 200,
    body: [{ status: 200, body: "success" }],
  });
  expect(await textSent()).toContain("<MediaId><![CDATA[m1]]></MediaId>");
});

it("puts an odd text where a follower's words are, or where it is told to", async () => {
  await message({ ...PLAIN, odd: "control-characters" });
  expect(await textSent()).toContain("<Recognition><![CDATA[a\u0002b\u0010c\u001d]]>");
  sent = [];
  await message({ ...PLAIN, message: "text", odd: "cut-emoji" });
  expect(await textSent()).toContain("<Content><![CDATA[ok\xf0\x9f\x98]]>");
  sent = [];
  await message({ ...PLAIN, odd: "cdata-end", oddField: "FromUserName", fields: { Label: "x" } });
  expect(await textSent()).toMatch(/<FromUserName><!\[CDATA\[a\]\]>b\]\]>[\s\S]*<Label>/);
});

it("sends the same bytes again", async () => {
  const answer = await message({ ...SAFE, deliveries: 3 });
  expect(answer.body).toHaveLength(3);
  expect(new Set(sent.map(({ url }) => url)).size).toBe(1);
  expect(new Set(await Promise.all(sent.map((request) => request.text()))).size).toBe(1);
});

it("sends an old one, without a signature, in JSON, with blanks", async () => {
  await message({ ...SAFE, ageSeconds: 600, signature: "none", format: "json", blanks: "\n" });
  const query = new URL(sent[0]?.url ?? "").searchParams;
  expect(query.get("timestamp")).toBe(String(NOON_MS / 1000 - 600));
  expect(query.has("msg_signature")).toBe(false);
  expect(await textSent()).toMatch(/^\n\{.*"Encrypt":\n"/);
});

it.each([
  [{ ...SAFE, encodingAesKey: undefined }, "encodingAesKey"],
  [{ ...SAFE, encodingAesKey: "short" }, "encodingAesKey"],
  [{ ...PLAIN, odd: "nothing-like-it" }, "odd"],
  [{ ...PLAIN, blanks: "x" }, "blanks"],
  [{ ...PLAIN, media: "m1" }, "media"],
])("refuses %o and names the field", async (fields, name) => {
  const { status, body } = await message(fields);
  expect(status).toBe(400);
  expect((body as { error: string }).error).toContain(name);
  expect(sent).toEqual([]);
});
