import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { authenticate, mayUseAccount } from "../../src/auth/api-key.ts";
import type { ApiKey } from "../../src/auth/caller.ts";

const NAMES = ["first", "second", "third"];
const keyOf = (name: string) => `hdv_${name}`;

async function entry(name: string): Promise<ApiKey> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(keyOf(name)));
  return { id: name, sha256: new Uint8Array(digest).toHex(), scopes: ["voices:read"] };
}

const KEYS = await Promise.all(NAMES.map(entry));

describe("an API key", () => {
  it.each(NAMES)("is that of its owner, wherever that stands in the list: %s", async (name) => {
    expect(await authenticate(`Bearer ${keyOf(name)}`, KEYS)).toMatchObject({ id: name });
  });

  it.each(["bearer hdv_first", "BEARER hdv_first", "Bearer   hdv_first"])(
    "comes behind a scheme in any case and any number of blanks: %j",
    async (header) => {
      expect(await authenticate(header, KEYS)).toMatchObject({ id: "first" });
    },
  );

  it.each([
    ["no header", undefined],
    ["an empty header", ""],
    ["no scheme", "hdv_first"],
    ["a scheme alone", "Bearer"],
    ["a scheme and a blank", "Bearer "],
    ["another scheme", "Basic hdv_first"],
    ["a longer scheme", "xBearer hdv_first"],
    ["no blank", "Bearerhdv_first"],
    ["a tab", "Bearer\thdv_first"],
    ["a blank behind it", "Bearer hdv_first "],
    ["two keys", "Bearer hdv_first hdv_second"],
    ["two headers in one", "Bearer hdv_first, Bearer hdv_first"],
    ["a line break", "Bearer hdv_first\n"],
    ["a letter that is not ASCII", "Bearer hdv_fïrst"],
    ["an unknown key", "Bearer hdv_fourth"],
    ["a part of a key", "Bearer hdv_firs"],
    ["a key in capitals", "Bearer HDV_FIRST"],
    ["a key's hash", `Bearer ${KEYS[0]?.sha256}`],
    ["a very long key", `Bearer ${"a".repeat(100_000)}`],
  ])("is nobody's with %s", async (_, header) => {
    expect(await authenticate(header, KEYS)).toBeNull();
  });

  it("is nobody's when there are no keys", async () => {
    expect(await authenticate("Bearer hdv_first", [])).toBeNull();
  });

  it("is nobody's, whatever else the header says", async () => {
    const header = fc.oneof(
      fc.string(),
      fc.string().map((text) => `Bearer ${text}`),
    );
    await fc.assert(
      fc.asyncProperty(header, async (text) => {
        expect(await authenticate(text, KEYS)).toBeNull();
      }),
    );
  });

  it.each([...NAMES, "fourth"])(
    "is compared with every key, so that the time tells nothing: %s",
    async (name) => {
      const compared: string[] = [];
      const watched = KEYS.map(({ id, sha256, scopes }) => ({
        id,
        scopes,
        get sha256() {
          compared.push(id);
          return sha256;
        },
      }));
      await authenticate(`Bearer ${keyOf(name)}`, watched);
      expect(compared).toEqual(NAMES);
    },
  );
});

describe("a key may use", () => {
  const key = { id: "k", sha256: "", scopes: [] };

  it("every account when it names none", () => {
    expect(mayUseAccount(key, "wx1")).toBe(true);
  });

  it("only the accounts that it names", () => {
    expect(mayUseAccount({ ...key, apps: ["wx1", "wx2"] }, "wx2")).toBe(true);
    expect(mayUseAccount({ ...key, apps: ["wx1", "wx2"] }, "wx")).toBe(false);
    expect(mayUseAccount({ ...key, apps: [] }, "wx1")).toBe(false);
  });
});
