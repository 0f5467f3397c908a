import { describe, expect, it } from "vitest";
import { signLink, verifyLink } from "../../src/auth/signed-link.ts";

const NEW_KEY = { id: "k2", secret: "new secret of thirty-two characters" };
const OLD_KEY = { id: "k1", secret: "old secret of thirty-two characters" };
const PATH = "/v1/apps/wx1/voices/abc.wav";
const NOW = 1_800_000_000;
const EXPIRES = NOW + 60;

const at = (target: string) => new URL(target, "https://hdvoice.test");
const signed = () => signLink(PATH, EXPIRES, [NEW_KEY, OLD_KEY]);

/** The signature computed by hand, as another program would. */
async function hmac(secret: string, text: string): Promise<string> {
  const encoder = new TextEncoder();
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", encoder.encode(secret), algorithm, false, ["sign"]);
  const bytes = new Uint8Array(await crypto.subtle.sign("HMAC", key, encoder.encode(text)));
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}

describe("a signed link", () => {
  it("is the HMAC of four lines, so that other programs can make and check it", async () => {
    const query = `expires=${EXPIRES}&key=k2`;
    const signature = await hmac(NEW_KEY.secret, `hdvoice-link-v1\nGET\n${PATH}\n${query}`);
    expect(await signed()).toBe(`${PATH}?${query}&signature=${signature}`);
  });

  it("is valid until the second before its expiry, on any host", async () => {
    const url = at(await signed());
    expect(await verifyLink(url, [NEW_KEY], NOW)).toBe("valid");
    expect(await verifyLink(url, [NEW_KEY], EXPIRES - 1)).toBe("valid");
    expect(await verifyLink(url, [NEW_KEY], EXPIRES)).toBe("expired");
  });

  it("stays valid when its key is no longer the first, and is forged when it has been removed", async () => {
    const url = at(await signLink(PATH, EXPIRES, [OLD_KEY]));
    expect(await verifyLink(url, [NEW_KEY, OLD_KEY], NOW)).toBe("valid");
    expect(await verifyLink(url, [NEW_KEY], NOW)).toBe("forged");
    expect(await verifyLink(url, [], NOW)).toBe("forged");
    expect(await verifyLink(url, [{ id: "k1", secret: "another secret under the same id" }], NOW)).toBe(
      "forged",
    );
  });

  it.each<[string, (link: string) => string]>([
    ["its voice", (link) => link.replace("abc", "abd")],
    ["its form", (link) => link.replace(".wav", ".json")],
    ["its account", (link) => link.replace("wx1", "wx2")],
    ["its expiry", (link) => link.replace(`${EXPIRES}`, `${EXPIRES + 1}`)],
    ["its key's id", (link) => link.replace("key=k2", "key=k1")],
    ["a parameter more in front", (link) => link.replace("?", "?download=1&")],
    ["the order of its query", (link) => link.replace(/\?(expires=\d+)&(key=k2)/, "?$2&$1")],
    ["one character of its signature", (link) => link.replace(/(.)$/, (end) => (end === "A" ? "E" : "A"))],
    ["a shorter signature", (link) => link.slice(0, -1)],
    ["an empty signature", (link) => link.replace(/signature=.*/, "signature=")],
    ["no signature", (link) => link.replace(/&signature=.*/, "")],
    ["another spelling of the same signature bytes", (link) => respell(link)],
  ])("is forged with %s changed", async (_, change) => {
    const link = await signed();
    const changed = change(link);
    expect(changed).not.toBe(link);
    expect(await verifyLink(at(changed), [NEW_KEY, OLD_KEY], NOW)).toBe("forged");
  });

  it("is forged before it is expired: a forger learns nothing about the time", async () => {
    const link = (await signed()).replace("abc", "abd");
    expect(await verifyLink(at(link), [NEW_KEY], EXPIRES + 1)).toBe("forged");
  });
});

/** 32 bytes are 42 characters and four bits: the last character has two bits that mean nothing. */
function respell(link: string): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const last = alphabet.indexOf(link.at(-1) ?? "");
  return link.slice(0, -1) + alphabet[last + 1];
}
