import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import type { Env } from "../../src/env.ts";
import { BACKEND_KEY } from "../support/accounts.ts";
import { jsonOf } from "../support/gateway.ts";
import { fetchApp } from "../support/worker.ts";

const SET: Env = { ...env, PUBLIC_ORIGIN: "https://voice.example.com" };
const headers = { authorization: `Bearer ${BACKEND_KEY}` };

/** Under a host that the client has made up. */
const send = (path: string, body: unknown, settings: Env) =>
  fetchApp(
    new Request(`https://evil.example${path}`, { method: "POST", headers, body: JSON.stringify(body) }),
    settings,
    createExecutionContext(),
  );

describe("PUBLIC_ORIGIN", () => {
  it("begins the links that are made, whatever Host says", async () => {
    const response = await send("/v1/voices/voice-1/links", { format: "wav" }, SET);
    const { url } = await jsonOf<{ url: string }>(response);
    expect(new URL(url).origin).toBe("https://voice.example.com");
  });

  it("begins a job's URL", async () => {
    const response = await send("/v1/fetches", { mediaIds: ["gone-1"], formats: ["speex"] }, SET);
    const { url } = await jsonOf<{ url: string }>(response);
    expect(new URL(url).origin).toBe("https://voice.example.com");
  });

  it("begins the types of problems", async () => {
    const response = await send("/v1/nothing", {}, SET);
    expect((await jsonOf<{ type: string }>(response)).type).toBe(
      "https://voice.example.com/problems/route-not-found",
    );
  });

  it("is the request's own origin where it is not set, and while another setting is faulty", async () => {
    for (const settings of [env, { ...SET, API_KEYS: "[" }]) {
      const response = await send("/v1/nothing", {}, settings);
      expect((await jsonOf<{ type: string }>(response)).type).toMatch(/^https:\/\/evil\.example\/problems\//);
    }
  });
});
