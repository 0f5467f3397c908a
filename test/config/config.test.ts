import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ConfigError, configOf } from "../../src/config/config.ts";
import { holds } from "../support/holds.ts";
import {
  envOf,
  faultsOf,
  faultsWith,
  KEY,
  LEAST,
  parse,
  SETTINGS,
  type Settings,
} from "../support/settings.ts";

describe("with the least that must be set", () => {
  it("everything else has its default", () => {
    expect(parse({})).toEqual({
      accounts: new Map([
        [
          "wx1",
          {
            appId: "wx1",
            source: "stable",
            secret: "secret-1",
            apiOrigins: [
              "https://api.weixin.qq.com",
              "https://api2.weixin.qq.com",
              "https://hk.api.weixin.qq.com",
            ],
            tokenOrigin: "https://api.weixin.qq.com",
          },
        ],
      ]),
      apiKeys: [KEY],
      maxVoiceSeconds: 300,
      storeFormats: new Set(["source", "wav"]),
      platforms: new Map(),
      corsOrigins: [],
      linkKeys: [],
      webhookSecrets: [],
      callbackSecrets: [],
      publicOrigin: null,
      callbackOrigins: new Set(),
      jobBackoffSeconds: 10,
      jsapiPageOrigins: [],
      transcriber: { endpoint: null, aiModel: "@cf/openai/whisper-large-v3-turbo" },
    });
  });

  it("an empty variable counts as not set", () => {
    const empty = Object.fromEntries(SETTINGS.map((name) => [name, ""]));
    expect(parse({ ...empty, ...LEAST })).toEqual(parse({}));
  });
});

describe("nothing is served", () => {
  it.each<[string, Settings, string]>([
    [
      "without an account",
      { WECHAT_APP_ID: "", WECHAT_APP_SECRET: "" },
      "No account: set WECHAT_APP_ID and WECHAT_APP_SECRET, WECHAT_ACCOUNTS, or WECHAT_PLATFORMS.",
    ],
    [
      "with an empty list of accounts",
      { WECHAT_APP_ID: "", WECHAT_APP_SECRET: "", WECHAT_ACCOUNTS: "[]" },
      "No account: set WECHAT_APP_ID and WECHAT_APP_SECRET, WECHAT_ACCOUNTS, or WECHAT_PLATFORMS.",
    ],
    [
      "without the secret",
      { WECHAT_APP_SECRET: "" },
      "WECHAT_APP_SECRET is not set, but WECHAT_APP_ID is: set both or neither.",
    ],
    [
      "without the appId",
      { WECHAT_APP_ID: "" },
      "WECHAT_APP_ID is not set, but WECHAT_APP_SECRET is: set both or neither.",
    ],
    [
      "without keys",
      { API_KEYS: "" },
      "API_KEYS is empty: nobody may call. 'npm run key' makes a key and its entry.",
    ],
    [
      "with an empty list of keys",
      { API_KEYS: "[]" },
      "API_KEYS is empty: nobody may call. 'npm run key' makes a key and its entry.",
    ],
  ])("%s", (_, settings, fault) => {
    expect(faultsWith(settings)).toEqual([fault]);
  });

  it("and every fault is named, not only the first", () => {
    expect(
      faultsOf({ WECHAT_API_ORIGINS: "nowhere", MAX_VOICE_SECONDS: "long", STORE_FORMATS: "mp3" }),
    ).toEqual([
      "WECHAT_API_ORIGINS: must be an origin such as https://api.weixin.qq.com, without a path.",
      "No account: set WECHAT_APP_ID and WECHAT_APP_SECRET, WECHAT_ACCOUNTS, or WECHAT_PLATFORMS.",
      "API_KEYS is empty: nobody may call. 'npm run key' makes a key and its entry.",
      "MAX_VOICE_SECONDS must be a whole number of seconds from 1 to 3600.",
      "STORE_FORMATS must be a comma-separated list of source, wav.",
    ]);
  });

  it("and the error's text holds all of them and where to read on", () => {
    const error = new ConfigError(["One.", "Two."]);
    expect(error.message).toBe('One. Two. See the README, "Configure".');
  });
});

describe("origins", () => {
  it("are taken in order, with blanks and empty entries left out", () => {
    const { accounts } = parse({ WECHAT_API_ORIGINS: " https://a.test , ,http://127.0.0.1:8790," });
    expect(accounts.get("wx1")?.apiOrigins).toEqual(["https://a.test", "http://127.0.0.1:8790"]);
  });

  it("give the token's origin too, unless that is set", () => {
    const origins = { WECHAT_API_ORIGINS: "https://a.test,https://b.test" };
    expect(parse(origins).accounts.get("wx1")?.tokenOrigin).toBe("https://a.test");
    const separate = { ...origins, WECHAT_TOKEN_ORIGIN: "https://relay.test" };
    expect(parse(separate).accounts.get("wx1")?.tokenOrigin).toBe("https://relay.test");
  });

  it.each([
    "api.weixin.qq.com",
    "ftp://a.test",
    "https://a.test/",
    "https://a.test/path",
    "https://a.test?query",
    "https://a.test#fragment",
    "https://user:password@a.test",
    "https://a.test:99999",
    "https://a.test:port",
    "https://[",
    "https://a\\b",
    "https://",
  ])("that are none are refused: %s", (origin) => {
    const rule = "must be an origin such as https://api.weixin.qq.com, without a path.";
    expect(faultsWith({ WECHAT_API_ORIGINS: `https://a.test,${origin}` })).toEqual([
      `WECHAT_API_ORIGINS: ${rule}`,
    ]);
    expect(faultsWith({ WECHAT_TOKEN_ORIGIN: origin })).toEqual([`WECHAT_TOKEN_ORIGIN ${rule}`]);
  });
});

describe("an origin by http://", () => {
  const rule = "must begin with https://: only this machine may be asked by http://.";
  const remote = (url: string) => JSON.stringify([{ appId: "wx2", source: "remote", url: `${url}/token` }]);

  it.each([
    "http://127.0.0.1:8790",
    "http://127.1.2.3",
    "http://localhost:8790",
    "http://simulator.localhost",
    "http://[::1]:8790",
  ])("is this very machine's: %s", (origin) => {
    expect(parse({ WECHAT_API_ORIGINS: origin }).accounts.get("wx1")?.apiOrigins).toEqual([origin]);
    expect(parse({ WECHAT_ACCOUNTS: remote(origin) }).accounts.size).toBe(2);
  });

  it.each([
    "http://api.weixin.qq.com",
    "http://relay.example.com:8080",
    "http://10.0.0.5",
    "http://192.168.1.2",
    "http://[fe80::1]",
    "http://127.0.0.1.example.com",
    "http://localhost.example.com",
    "http://evillocalhost",
  ])("is refused: anybody on the way would read secrets and tokens: %s", (origin) => {
    expect(faultsWith({ WECHAT_API_ORIGINS: origin })).toEqual([`WECHAT_API_ORIGINS: ${rule}`]);
    expect(faultsWith({ WECHAT_TOKEN_ORIGIN: origin })).toEqual([`WECHAT_TOKEN_ORIGIN ${rule}`]);
    expect(faultsWith({ WECHAT_ACCOUNTS: remote(origin) })).toEqual([`WECHAT_ACCOUNTS: [0].url ${rule}`]);
  });

  it("may be a site's whose pages call: they decide that themselves", () => {
    const sites = "http://intranet.example, https://www.example.com:8443";
    const { corsOrigins, jsapiPageOrigins } = parse({ CORS_ORIGINS: sites, JSAPI_PAGE_ORIGINS: sites });
    expect(corsOrigins).toEqual(["http://intranet.example", "https://www.example.com:8443"]);
    expect(jsapiPageOrigins).toEqual(corsOrigins);
    expect(faultsWith({ JSAPI_PAGE_ORIGINS: "www.example.com" })).toEqual([
      expect.stringMatching(/^JSAPI_PAGE_ORIGINS: must be an origin/),
    ]);
  });
});

describe("the longest voice", () => {
  it.each(["1", "60", "3600"])("may be %s seconds", (seconds) => {
    expect(parse({ MAX_VOICE_SECONDS: seconds }).maxVoiceSeconds).toBe(Number(seconds));
  });

  it.each(["0", "-1", "1.5", "1e3", "0x10", "060", " 60", "3601", "99999", "a minute"])(
    "may not be %j",
    (seconds) => {
      expect(faultsWith({ MAX_VOICE_SECONDS: seconds })).toEqual([
        "MAX_VOICE_SECONDS must be a whole number of seconds from 1 to 3600.",
      ]);
    },
  );
});

describe("the stored forms", () => {
  it.each([
    ["source", ["source"]],
    [" wav , source ", ["wav", "source"]],
  ])("are those of the list %j", (formats, forms) => {
    expect(parse({ STORE_FORMATS: formats }).storeFormats).toEqual(new Set(forms));
  });

  it.each(["mp3", "source,mp3", "source wav", "SOURCE"])("are not %j", (formats) => {
    expect(faultsWith({ STORE_FORMATS: formats })).toEqual([
      "STORE_FORMATS must be a comma-separated list of source, wav.",
    ]);
  });
});

describe("settings are secrets", () => {
  it("no fault quotes what was set, whatever it was", () => {
    // Long and odd enough not to stand in any rule by chance.
    const secret = fc.stringMatching(/^[A-Za-z0-9 "{}[\]:,/-]{12,40}$/).map((text) => `q7Zx${text}Zx7q`);
    const value = fc.oneof(
      secret,
      secret.map((text) => JSON.stringify([text])),
      fc
        .tuple(fc.constantFrom("appId", "secret", "sha256", "id", "scopes", "apps", "source"), secret)
        .map(([field, text]) => JSON.stringify([{ appId: "wx", id: "k", [field]: text }])),
      secret.map((text) => JSON.stringify([{ [text]: text }])),
      secret.map((text) =>
        JSON.stringify([
          { appId: "q7Zx", secret: text },
          { appId: "q7Zx", secret: text },
        ]),
      ),
      secret.map((text) =>
        JSON.stringify([
          { ...KEY, id: "q7Zx" },
          { ...KEY, id: "q7Zx", apps: [text] },
        ]),
      ),
    );
    const settings = fc.record(Object.fromEntries(SETTINGS.map((name) => [name, value])));
    holds(
      fc.property(settings, (all) => {
        const faults = faultsOf(all as Settings);
        expect(faults.length).toBeGreaterThan(0);
        expect(faults.join("\n")).not.toMatch(/q7Zx|Zx7q/);
      }),
    );
  });
});

describe("the settings of an environment", () => {
  it("are parsed once", () => {
    const env = envOf(LEAST);
    expect(configOf(env)).toBe(configOf(env));
  });

  it("stay wrong once they are, for the reason that was found", () => {
    const env = envOf({});
    const failures = [1, 2].map(() => {
      try {
        return configOf(env);
      } catch (error) {
        return error;
      }
    });
    expect(failures[0]).toBeInstanceOf(ConfigError);
    expect(failures[1]).toBe(failures[0]);
  });
});
