import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { ConfigError, parseConfig } from "../../src/config/config.ts";
import type { Env } from "../../src/env.ts";

const LINK_SECRET = "a link secret of 32 characters..";

function faultsOf(settings: Partial<Env>): readonly string[] {
  try {
    parseConfig({ ...env, ...settings });
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
}

describe("the settings of links, webhooks and jobs", () => {
  it("may all be absent: nothing is signed then, and nobody called back", () => {
    const { linkKeys, webhookSecrets, callbackOrigins, jobBackoffSeconds } = parseConfig({
      ...env,
      LINK_KEYS: "",
      WEBHOOK_SECRETS: "",
      CALLBACK_HOSTS: "",
      JOB_BACKOFF_SECONDS: "",
    });
    expect(linkKeys).toEqual([]);
    expect(webhookSecrets).toEqual([]);
    expect([...callbackOrigins]).toEqual([]);
    expect(jobBackoffSeconds).toBe(10);
  });

  it.each<[string, Partial<Env>, string]>([
    [
      "a short link secret",
      { LINK_KEYS: '[{"id":"a","secret":"short"}]' },
      "LINK_KEYS: [0].secret must have at least 32 characters.",
    ],
    [
      "two link keys of one id",
      { LINK_KEYS: JSON.stringify([1, 2].map(() => ({ id: "a", secret: LINK_SECRET }))) },
      "LINK_KEYS: [1].id is already used by a key before it.",
    ],
    [
      "link keys that are no JSON",
      { LINK_KEYS: "a" },
      "LINK_KEYS is not valid JSON: it must be a JSON list.",
    ],
    [
      "a webhook secret without its prefix",
      { WEBHOOK_SECRETS: "bmV3ZXItd2ViaG9vay1zZWNyZXQtbm8tbGVhaw==" },
      "WEBHOOK_SECRETS: [0] must be 'whsec_' and 24 to 64 bytes in base64.",
    ],
    [
      "a second webhook secret that is too short",
      { WEBHOOK_SECRETS: `${env.WEBHOOK_SECRETS},whsec_c2hvcnQ=` },
      "WEBHOOK_SECRETS: [2] must be 'whsec_' and 24 to 64 bytes in base64.",
    ],
    [
      "a callback host that is a private address",
      { CALLBACK_HOSTS: "hooks.example.com, 10.0.0.1" },
      "CALLBACK_HOSTS: [1] is a private address: list it with its scheme, and only in development.",
    ],
    [
      "a back-off that is no number",
      { JOB_BACKOFF_SECONDS: "soon" },
      "JOB_BACKOFF_SECONDS must be a whole number of seconds from 0 to 999.",
    ],
  ])("are refused by name with %s", (_, settings, fault) => {
    expect(faultsOf(settings)).toEqual([fault]);
  });
});
