import { describe, expect, it } from "vitest";
import { faultsWith, KEY, parse, SHA256 } from "../support/settings.ts";

describe("accounts", () => {
  const list = (...accounts: object[]) => ({ WECHAT_ACCOUNTS: JSON.stringify(accounts) });

  it("of the short form come first, and so are the default", () => {
    const { accounts } = parse(list({ appId: "wx2", secret: "s2" }, { appId: "wx0", secret: "s0" }));
    expect([...accounts.keys()]).toEqual(["wx1", "wx2", "wx0"]);
  });

  it("of the list are enough without the short form", () => {
    const { accounts } = parse({
      WECHAT_APP_ID: "",
      WECHAT_APP_SECRET: "",
      ...list({ appId: "wx2", secret: "s2" }),
    });
    expect([...accounts.keys()]).toEqual(["wx2"]);
  });

  it("have the common origins, or their own", () => {
    const { accounts } = parse({
      WECHAT_API_ORIGINS: "https://common.test",
      WECHAT_TOKEN_ORIGIN: "https://common-relay.test",
      ...list(
        { appId: "wx2", secret: "s2" },
        { appId: "wx3", secret: "s3", apiOrigins: ["https://a.test", "https://b.test"] },
        {
          appId: "wx4",
          secret: "s4",
          source: "stable",
          apiOrigins: ["https://a.test"],
          tokenOrigin: "https://c.test",
        },
        { appId: "wx5", secret: "s5", tokenOrigin: "https://c.test" },
      ),
    });
    const origins = [...accounts.values()].map(({ apiOrigins, tokenOrigin }) => [apiOrigins, tokenOrigin]);
    expect(origins).toEqual([
      [["https://common.test"], "https://common-relay.test"],
      [["https://common.test"], "https://common-relay.test"],
      [["https://a.test", "https://b.test"], "https://a.test"],
      [["https://a.test"], "https://c.test"],
      [["https://common.test"], "https://c.test"],
    ]);
  });

  it.each<[string, string, string]>([
    ["no JSON", "{", "WECHAT_ACCOUNTS is not valid JSON: it must be a JSON list."],
    ["no list", "7", "WECHAT_ACCOUNTS: is missing or not an array."],
    ["no account", "[1]", "WECHAT_ACCOUNTS: [0] is missing or not an object."],
    ["no appId", '[{"secret":"s"}]', "WECHAT_ACCOUNTS: [0].appId is missing or not a string."],
    [
      "a malformed appId",
      '[{"appId":"wx=2","secret":"s"}]',
      "WECHAT_ACCOUNTS: [0].appId must be 1 to 64 letters, digits, '-' or '_'.",
    ],
    [
      "no secret",
      '[{"appId":"wx2","secret":"s"},{"appId":"wx3"}]',
      "WECHAT_ACCOUNTS: [1].secret is missing or not a string.",
    ],
    ["an empty secret", '[{"appId":"wx2","secret":""}]', "WECHAT_ACCOUNTS: [0].secret must not be empty."],
    [
      "an unknown source",
      '[{"appId":"wx2","secret":"s","source":"magic"}]',
      "WECHAT_ACCOUNTS: [0].source must be one of: stable, classic, authorizer, work, remote, pushed, cloud.",
    ],
    [
      "an unknown field",
      '[{"appId":"wx2","secret":"s","secrret":"s"}]',
      "WECHAT_ACCOUNTS: [0] has a field that is not known here.",
    ],
    [
      "no origin in its list",
      '[{"appId":"wx2","secret":"s","apiOrigins":[]}]',
      "WECHAT_ACCOUNTS: [0].apiOrigins must name at least one origin.",
    ],
    [
      "a bad origin",
      '[{"appId":"wx2","secret":"s","apiOrigins":["https://a.test","a.test"]}]',
      "WECHAT_ACCOUNTS: [0].apiOrigins[1] must be an origin such as https://api.weixin.qq.com, without a path.",
    ],
    [
      "a bad token origin",
      '[{"appId":"wx2","secret":"s","tokenOrigin":"a.test"}]',
      "WECHAT_ACCOUNTS: [0].tokenOrigin must be an origin such as https://api.weixin.qq.com, without a path.",
    ],
    [
      "the short form's account again",
      '[{"appId":"wx1","secret":"s"}]',
      "WECHAT_ACCOUNTS: [0].appId is already used by an account before it.",
    ],
    [
      "one account twice",
      '[{"appId":"wx2","secret":"s"},{"appId":"wx2","secret":"t"}]',
      "WECHAT_ACCOUNTS: [1].appId is already used by an account before it.",
    ],
  ])("in a list with %s are refused", (_, accounts, fault) => {
    expect(faultsWith({ WECHAT_ACCOUNTS: accounts })).toEqual([fault]);
  });

  it.each(["wx=1", "wx/1", "a".repeat(65)])("of the short form need an appId, not %s", (appId) => {
    expect(faultsWith({ WECHAT_APP_ID: appId })).toEqual([
      "WECHAT_APP_ID must be 1 to 64 letters, digits, '-' or '_'.",
    ]);
  });
});

describe("API keys", () => {
  it("keep scopes and accounts", () => {
    const keys = [
      { ...KEY, scopes: ["voices:read", "accounts:read"], apps: ["wx1", "wx2"] },
      { ...KEY, id: "second", apps: [] },
    ];
    expect(parse({ API_KEYS: JSON.stringify(keys) }).apiKeys).toEqual(keys);
  });

  it.each<[string, object, string]>([
    ["no id", { id: undefined }, "API_KEYS: [1].id is missing or not a string."],
    ["a malformed id", { id: "a=b" }, "API_KEYS: [1].id must be 1 to 64 letters, digits, '-' or '_'."],
    [
      "the key itself in place of its hash",
      { sha256: "hdv_reader_abc" },
      "API_KEYS: [1].sha256 must be 64 lower-case hex digits, as 'npm run key' prints them.",
    ],
    [
      "a hash in capitals",
      { sha256: SHA256.toUpperCase() },
      "API_KEYS: [1].sha256 must be 64 lower-case hex digits, as 'npm run key' prints them.",
    ],
    ["no scopes", { scopes: undefined }, "API_KEYS: [1].scopes is missing or not an array."],
    ["an empty list of scopes", { scopes: [] }, "API_KEYS: [1].scopes must name at least one scope."],
    [
      "an unknown scope",
      { scopes: ["voices:read", "voices:*"] },
      "API_KEYS: [1].scopes[1] must be one of: voices:read, voices:transcribe, voices:delete, links:create, fetches:create, fetches:read, token:read, token:rotate, token:push, accounts:read, jsapi:sign, compat.",
    ],
    [
      "a malformed account",
      { apps: ["wx=1"] },
      "API_KEYS: [1].apps[0] must be 1 to 64 letters, digits, '-' or '_'.",
    ],
    ["accounts that are no list", { apps: "wx1" }, "API_KEYS: [1].apps is missing or not an array."],
    ["an unknown field", { app: ["wx1"] }, "API_KEYS: [1] has a field that is not known here."],
    ["an id that another has", { id: "reader" }, "API_KEYS: [1].id is already used by a key before it."],
  ])("with %s are refused", (_, change, fault) => {
    const keys = [KEY, { ...KEY, id: "second", ...change }];
    expect(faultsWith({ API_KEYS: JSON.stringify(keys) })).toEqual([fault]);
  });

  it.each([
    ["not JSON", "reader:abc", "API_KEYS is not valid JSON: it must be a JSON list."],
    ["not a list", "7", "API_KEYS: is missing or not an array."],
  ])("that are %s are refused", (_, keys, fault) => {
    expect(faultsWith({ API_KEYS: keys })).toEqual([fault]);
  });
});

describe("a list that is spread over several variables", () => {
  const entry = (id: string) => ({ ...KEY, id });

  it("is all of them, in the order of their names", () => {
    const { apiKeys } = parse({
      API_KEYS_B: JSON.stringify([entry("b")]),
      API_KEYS_A: JSON.stringify([entry("a1"), entry("a2")]),
    });
    expect(apiKeys.map(({ id }) => id)).toEqual(["reader", "a1", "a2", "b"]);
  });

  it("needs no variable without a suffix", () => {
    const { apiKeys } = parse({ API_KEYS: "", API_KEYS_BACKEND: JSON.stringify([entry("backend")]) });
    expect(apiKeys.map(({ id }) => id)).toEqual(["backend"]);
  });

  it("may have a single entry in a variable, without brackets", () => {
    const { apiKeys } = parse({ API_KEYS_BACKEND: JSON.stringify(entry("backend")) });
    expect(apiKeys.map(({ id }) => id)).toEqual(["reader", "backend"]);
  });

  it("names the variable that is wrong, and what comes twice in another one", () => {
    expect(
      faultsWith({
        API_KEYS_A: JSON.stringify([entry("reader")]),
        API_KEYS_B: "[",
        LINK_KEYS_OLD: JSON.stringify([{ id: "old", secret: "short" }]),
        CALLBACK_SECRETS_2: "whsec_short",
      }),
    ).toEqual([
      "API_KEYS_B is not valid JSON: it must be a JSON list.",
      "API_KEYS_A: [0].id is already used by a key before it.",
      "LINK_KEYS_OLD: [0].secret must have at least 32 characters.",
      "CALLBACK_SECRETS_2: [0] must be 'whsec_' and 24 to 64 bytes in base64.",
    ]);
  });

  it.each(["WECHAT_ACCOUNTS_2", "WECHAT_PLATFORMS_2", "WEBHOOK_SECRETS_2"])("can be %s", (name) => {
    expect(faultsWith({ [name]: "[7]" })).toEqual([`${name}: [0] is missing or not an object.`]);
  });

  it("has nothing to do with variables of other names", () => {
    expect(faultsWith({ API_KEYSTORE: "[", WECHAT_ACCOUNTSX: "[" })).toEqual([]);
  });
});

describe("the public origin", () => {
  it("is null where nothing is set", () => {
    expect(parse({}).publicOrigin).toBeNull();
  });

  it("is an origin", () => {
    const { publicOrigin } = parse({ PUBLIC_ORIGIN: "https://voice.example.com" });
    expect(publicOrigin).toBe("https://voice.example.com");
    expect(faultsWith({ PUBLIC_ORIGIN: "https://voice.example.com/path" })).toHaveLength(1);
  });
});
