import { describe, expect, it } from "vitest";
import { oddityIn } from "../../src/oddity.ts";
import { faultsOf, faultsWith, KEY, LEAST, type Settings } from "../support/settings.ts";

const AES_KEY = "A".repeat(43);
const LINK_SECRET = "a-link-secret-of-enough-characters";

/** Every setting that is copied from somewhere: as it should be, how it is set, and the name that a fault goes by. */
const COPIED: readonly (readonly [string, string, (value: string) => Settings])[] = [
  ["WECHAT_APP_ID", "wx1", (WECHAT_APP_ID) => ({ WECHAT_APP_ID })],
  ["WECHAT_APP_SECRET", "secret-1", (WECHAT_APP_SECRET) => ({ WECHAT_APP_SECRET })],
  ["WECHAT_TOKEN_ORIGIN", "https://a.test", (WECHAT_TOKEN_ORIGIN) => ({ WECHAT_TOKEN_ORIGIN })],
  ["WECHAT_RELAY_SECRET", "a relay's secret", (WECHAT_RELAY_SECRET) => ({ WECHAT_RELAY_SECRET })],
  ["WECHAT_ACCOUNTS: [0].appId", "wx2", (appId) => accounts({ appId })],
  ["WECHAT_ACCOUNTS: [0].secret", "secret-2", (secret) => accounts({ secret })],
  ["WECHAT_ACCOUNTS: [0].apiOrigins[0]", "https://a.test", (origin) => accounts({ apiOrigins: [origin] })],
  ["WECHAT_ACCOUNTS: [0].tokenOrigin", "https://a.test", (tokenOrigin) => accounts({ tokenOrigin })],
  ["WECHAT_ACCOUNTS: [0].relaySecret", "its secret", (relaySecret) => accounts({ relaySecret })],
  ["WECHAT_ACCOUNTS: [0].push.token", "AAAAA", (token) => accounts({ push: { token } })],
  [
    "WECHAT_ACCOUNTS: [0].push.encodingAesKey",
    AES_KEY,
    (encodingAesKey) => accounts({ push: { token: "AAAAA", encodingAesKey } }),
  ],
  ["WECHAT_ACCOUNTS: [0].corpId", "ww1", (corpId) => accounts({ source: "work", corpId })],
  ["WECHAT_ACCOUNTS: [0].url", "https://a.test/token?a=b", (url) => remote({ url })],
  ["WECHAT_ACCOUNTS: [0].rotateUrl", "https://a.test/rotate", (rotateUrl) => remote({ rotateUrl })],
  [
    "WECHAT_ACCOUNTS: [0].headers.authorization",
    "Bearer estate-key",
    (authorization) => remote({ headers: { authorization } }),
  ],
  ["WECHAT_PLATFORMS: [0].appId", "wx-p", (appId) => platforms({ appId })],
  ["WECHAT_PLATFORMS: [0].secret", "secret-p", (secret) => platforms({ secret })],
  ["API_KEYS: [0].id", "reader", (id) => ({ API_KEYS: JSON.stringify([{ ...KEY, id }]) })],
  ["API_KEYS: [0].sha256", KEY.sha256, (sha256) => ({ API_KEYS: JSON.stringify([{ ...KEY, sha256 }]) })],
  ["API_KEYS: [0].apps[0]", "wx1", (app) => ({ API_KEYS: JSON.stringify([{ ...KEY, apps: [app] }]) })],
  ["LINK_KEYS: [0].id", "link", (id) => ({ LINK_KEYS: JSON.stringify([{ id, secret: LINK_SECRET }]) })],
  ["LINK_KEYS: [0].secret", LINK_SECRET, (secret) => ({ LINK_KEYS: JSON.stringify([{ id: "a", secret }]) })],
];

function accounts(fields: object) {
  return { WECHAT_ACCOUNTS: JSON.stringify([{ appId: "wx2", secret: "secret-2", ...fields }]) };
}

function remote(fields: object) {
  const entry = { appId: "wx2", source: "remote", url: "https://a.test/token", ...fields };
  return { WECHAT_ACCOUNTS: JSON.stringify([entry]) };
}

function platforms(fields: object) {
  const push = { token: "AAAAA", encodingAesKey: AES_KEY };
  return { WECHAT_PLATFORMS: JSON.stringify([{ appId: "wx-p", secret: "secret-p", push, ...fields }]) };
}

/** What comes along when a value is copied, and what is said of it. */
const ODDITIES: readonly (readonly [string, (value: string) => string, string])[] = [
  ["a blank behind", (value) => `${value} `, "ends with a blank"],
  ["a blank in front", (value) => ` ${value}`, "begins with a blank"],
  ["a line break behind", (value) => `${value}\n`, "ends with a line break"],
  ["a Windows line break behind", (value) => `${value}\r\n`, "ends with a line break"],
  ["a tab in front", (value) => `\t${value}`, "begins with a tab"],
  ["double quotes", (value) => `"${value}"`, "has quotes around it: leave them out"],
  ["single quotes", (value) => `'${value}'`, "has quotes around it: leave them out"],
  ["typographic quotes", (value) => `“${value}”`, "has quotes around it: leave them out"],
  ["quotes and a line break", (value) => `"${value}"\n`, "has quotes around it: leave them out"],
  ["a byte order mark", (value) => `\uFEFF${value}`, "begins with an invisible character (U+FEFF)"],
  ["a space of no width", (value) => `${value}\u200B`, "ends with an invisible character (U+200B)"],
  ["a no-break blank", (value) => `${value}\u00A0`, "ends with an invisible character (U+00A0)"],
  [
    "a full-width digit",
    (value) => `${value.slice(0, 2)}１${value.slice(2)}`,
    "has a full-width character at position 3",
  ],
  [
    "a line break inside",
    (value) => `${value.slice(0, 2)}\n${value.slice(2)}`,
    "has a line break at position 3",
  ],
  [
    "a soft hyphen inside",
    (value) => `${value.slice(0, 2)}\u00AD${value.slice(2)}`,
    "has an invisible character (U+00AD) at position 3",
  ],
  ["a NUL behind", (value) => `${value}\u0000`, "ends with a control character (U+0000)"],
  ["a Chinese comma behind", (value) => `${value}，`, "ends with a full-width character"],
];

describe.each(COPIED)("%s", (name, value, set) => {
  it("is taken as it should be", () => {
    expect(faultsWith(set(value))).toEqual([]);
  });

  it("is refused by name with whatever came along, and what that is", () => {
    const told = ODDITIES.map(([what, spoil]) => [what, faultsOf({ ...LEAST, ...set(spoil(value)) })]);
    expect(told).toEqual(ODDITIES.map(([what, , oddity]) => [what, [`${name} ${oddity}.`]]));
  });
});

describe("a value's words", () => {
  it.each(["WECHAT_APP_SECRET", "WECHAT_APP_ID", "WECHAT_TOKEN_ORIGIN"])(
    "have no blank between them in %s",
    (name) => {
      expect(faultsWith({ [name]: "ab c" })).toEqual([`${name} has a blank at position 3.`]);
    },
  );

  it("are counted in characters, not in halves of them", () => {
    expect(oddityIn("a\u{1F600}b\n", "no blanks")).toBe("has a character that is not ASCII at position 2");
    expect(oddityIn("", "no blanks")).toBeNull();
    expect(oddityIn('a"b', "no blanks")).toBeNull();
  });
});

describe("a list", () => {
  const list = JSON.stringify([KEY]);

  it.each([
    ["in single quotes", `'${list}'`, "has quotes around it: leave them out"],
    ["in double quotes", `"${list}"`, "has quotes around it: leave them out"],
    ["behind a byte order mark", `\uFEFF${list}`, "has an invisible character (U+FEFF) at position 1"],
    ["with typographic quotes", list.replaceAll('"', "”"), "has a curly quotation mark at position 3"],
    ["with full-width commas", list.replace(",", "，"), "has a full-width character at position 16"],
    ["that is cut", list.slice(0, 20), "must be a JSON list"],
  ])("%s is refused with what is odd", (_, API_KEYS, oddity) => {
    expect(faultsWith({ API_KEYS })).toEqual([`API_KEYS is not valid JSON: it ${oddity}.`]);
  });

  it("may have line breaks and blanks of its own", () => {
    expect(faultsWith({ API_KEYS: `\n ${JSON.stringify([KEY], null, 2)}\r\n` })).toEqual([]);
  });

  it.each(["WEBHOOK_SECRETS", "CALLBACK_HOSTS"])("of words names the odd one: %s", (name) => {
    expect(faultsWith({ [name]: '"hooks.example.com"' })).toEqual([
      `${name}: [0] has quotes around it: leave them out.`,
    ]);
    expect(faultsWith({ WECHAT_API_ORIGINS: "https://a.test,'https://b.test'" })).toEqual([
      "WECHAT_API_ORIGINS: has quotes around it: leave them out.",
    ]);
  });
});
