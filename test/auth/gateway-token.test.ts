import { describe, expect, it } from "vitest";
import type { ApiKey } from "../../src/auth/caller.ts";
import { signGatewayToken, verifyGatewayToken } from "../../src/auth/gateway-token.ts";
import { signLink } from "../../src/auth/signed-link.ts";

const NEW_KEY = { id: "k2", secret: "new secret of thirty-two characters" };
const OLD_KEY = { id: "k1", secret: "old secret of thirty-two characters" };
const SHOP: ApiKey = { id: "shop", sha256: "0123456789abcdef".repeat(4), scopes: ["compat"] };
/** The beginning of an hour. */
const HOUR = 1_800_000_000;
const NOW = HOUR + 900;

const steady = (nowSeconds: number) => signGatewayToken(SHOP, "wx1", null, NEW_KEY, nowSeconds);
const verify = (token: string, nowSeconds: number, apiKeys = [SHOP], linkKeys = [NEW_KEY, OLD_KEY]) =>
  verifyGatewayToken(token, apiKeys, linkKeys, nowSeconds);

async function hmac(secret: string, text: string): Promise<string> {
  const encoder = new TextEncoder();
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", encoder.encode(secret), algorithm, false, ["sign"]);
  const bytes = new Uint8Array(await crypto.subtle.sign("HMAC", key, encoder.encode(text)));
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}

describe("a gateway token", () => {
  it("is the HMAC of its scheme, what it says, and the hash of the API key", async () => {
    const claims = `hdv1.k2.shop.wx1.${HOUR + 7_200}.0`;
    const signature = await hmac(NEW_KEY.secret, `hdvoice-gateway-token-v1\n${claims}\n${SHOP.sha256}`);
    expect(await steady(NOW)).toEqual({ value: `${claims}.${signature}`, expiresInSeconds: 6_240 });
  });

  it("has only characters that need no encoding in a URL, and fewer than the 512 that WeChat asks room for", async () => {
    const long = "x".repeat(64);
    const { value } = await signGatewayToken(
      { ...SHOP, id: long },
      long,
      "r0123456789",
      { ...NEW_KEY, id: long },
      NOW,
    );
    expect(value).toMatch(/^[A-Za-z0-9._-]{1,511}$/);
    expect(encodeURIComponent(value)).toBe(value);
  });

  it("is the same for an hour, always has about an hour to go or more, and never two", async () => {
    const first = await steady(HOUR);
    const last = await steady(HOUR + 3_599);
    const next = await steady(HOUR + 3_600);
    expect(last.value).toBe(first.value);
    expect(next.value).not.toBe(first.value);
    expect([first, last, next].map(({ expiresInSeconds }) => expiresInSeconds)).toEqual([
      7_140, 3_541, 7_140,
    ]);
  });

  it("is another one each time a fresh one is asked for", async () => {
    const fresh = (nonce: string) => signGatewayToken(SHOP, "wx1", nonce, NEW_KEY, NOW);
    const tokens = await Promise.all([fresh("r1"), fresh("r2"), steady(NOW)]);
    expect(new Set(tokens.map(({ value }) => value)).size).toBe(3);
    expect(tokens[0]?.expiresInSeconds).toBe(7_140);
    expect(await verify(tokens[0]?.value ?? "", NOW + 7_199)).toMatchObject({ kind: "valid" });
    expect(await verify(tokens[0]?.value ?? "", NOW + 7_200)).toEqual({ kind: "expired" });
  });

  it("opens its account for its API key until a minute after its expires_in: SDKs use it to the end", async () => {
    const { value, expiresInSeconds } = await steady(NOW);
    const valid = { kind: "valid", apiKey: SHOP, appId: "wx1" };
    expect(await verify(value, NOW)).toEqual(valid);
    expect(await verify(value, NOW + expiresInSeconds + 59)).toEqual(valid);
    expect(await verify(value, NOW + expiresInSeconds + 60)).toEqual({ kind: "expired" });
  });

  it("ends with its API key, and when another key takes its id", async () => {
    const { value } = await steady(NOW);
    const other: ApiKey = { ...SHOP, id: "other" };
    const reissued: ApiKey = { ...SHOP, sha256: "f".repeat(64) };
    expect(await verify(value, NOW, [other])).toEqual({ kind: "forged" });
    expect(await verify(value, NOW, [])).toEqual({ kind: "forged" });
    expect(await verify(value, NOW, [reissued])).toEqual({ kind: "forged" });
  });

  it("outlives that its link key is no longer the first, and not that it is removed", async () => {
    const { value } = await signGatewayToken(SHOP, "wx1", null, OLD_KEY, NOW);
    expect(await verify(value, NOW)).toMatchObject({ kind: "valid" });
    expect(await verify(value, NOW, [SHOP], [NEW_KEY])).toEqual({ kind: "forged" });
    expect(await verify(value, NOW, [SHOP], [])).toEqual({ kind: "forged" });
  });

  it.each<[string, (token: string) => string]>([
    ["its account", (token) => token.replace(".wx1.", ".wx2.")],
    ["its API key", (token) => token.replace(".shop.", ".kiosk.")],
    ["its link key", (token) => token.replace(".k2.", ".k1.")],
    ["its end", (token) => token.replace(`${HOUR + 7_200}`, `${HOUR + 9_999}`)],
    ["its nonce", (token) => token.replace(".0.", ".1.")],
    ["a part more", (token) => token.replace(".0.", ".0.0.")],
    ["its version", (token) => token.replace("hdv1", "hdv2")],
    ["a character of its signature", (token) => token.replace(/(.)$/, (end) => (end === "A" ? "E" : "A"))],
    ["its signature cut off", (token) => token.replace(/\.[^.]*$/, "")],
    ["nothing in it", () => ""],
    ["dots alone", () => "......"],
  ])("is forged with %s changed", async (_, change) => {
    const kiosk: ApiKey = { ...SHOP, id: "kiosk" };
    const { value } = await steady(NOW);
    expect(change(value)).not.toBe(value);
    expect(await verify(change(value), NOW, [SHOP, kiosk])).toEqual({ kind: "forged" });
  });

  it("is not to be had from a signed link of the same key", async () => {
    const link = await signLink("/v1/apps/wx1/voices/a.wav", NOW + 60, [NEW_KEY]);
    const signature = link.slice(link.lastIndexOf("=") + 1);
    const claims = `hdv1.k2.shop.wx1.${HOUR + 7_200}.0`;
    expect(await verify(`${claims}.${signature}`, NOW)).toEqual({ kind: "forged" });
  });

  it("is forged where it is sixteen thousand characters of nonsense", async () => {
    expect(await verify(`hdv1.k2.shop.${"wx1.".repeat(4_000)}`, NOW)).toEqual({ kind: "forged" });
  });
});
