import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { expect, it } from "vitest";

function key(...words: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["tools/key.ts", ...words], {
    encoding: "utf8",
  });
  const shown = /^ {2}(hdv_\S+)$/m.exec(stdout)?.[1] ?? "";
  const [entry] = JSON.parse(/^ {2}(\[.*\])$/m.exec(stdout)?.[1] ?? "[{}]") as [Record<string, unknown>];
  return { status, stderr, shown, entry };
}

it("makes a key, and gives the gateway only its hash", () => {
  const { shown, entry } = key("shop", "voices:read, links:create", "wx1,wx2");
  expect(shown).toMatch(/^hdv_shop_[A-Za-z0-9_-]{43}$/);
  expect(entry).toEqual({
    id: "shop",
    sha256: createHash("sha256").update(shown).digest("hex"),
    scopes: ["voices:read", "links:create"],
    apps: ["wx1", "wx2"],
  });
});

it("makes another one each time, for all accounts where none is named", () => {
  const [first, second] = [key(), key()];
  expect(first.entry).toMatchObject({ id: "default", scopes: ["voices:read"] });
  expect(first.entry).not.toHaveProperty("apps");
  expect(first.shown).not.toBe(second.shown);
});

it.each([
  [["shop", "voices:write"], "There is no scope 'voices:write'."],
  [["a b"], "The id must be 1 to 64 letters"],
  [["a", "voices:read", "wx1", "more"], "There is an argument too many: 'more'."],
])("refuses %j, and says what there is", (words, fault) => {
  const { status, stderr, shown } = key(...words);
  expect({ status, shown }).toEqual({ status: 2, shown: "" });
  expect(stderr).toContain(fault);
  expect(stderr).toContain("Usage: npm run key");
});
