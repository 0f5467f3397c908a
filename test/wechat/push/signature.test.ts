import { describe, expect, it } from "vitest";
import { isTimely, PUSH_TOLERANCE_MS, readClaim } from "../../../src/wechat/push/signature.ts";
import { PLAIN_POST, SAFE_POST } from "./vectors.ts";

type Query = Readonly<Record<string, string>>;
const claimOf = (query: Query) => readClaim(new URLSearchParams(query));

describe("a push's query", () => {
  it("claims a time, a nonce and one signature or two", () => {
    expect(claimOf({ ...PLAIN_POST, signature: PLAIN_POST.signature.toUpperCase() })).toEqual({
      timestamp: "1714037059",
      nonce: "486452656",
      signature: PLAIN_POST.signature,
      messageSignature: null,
    });
    expect(claimOf(SAFE_POST)).toMatchObject({ messageSignature: SAFE_POST.msg_signature });
    expect(claimOf({ ...SAFE_POST, signature: "" })).toMatchObject({ signature: null });
  });

  it.each<[string, Query]>([
    ["nothing", {}],
    ["no signature", { timestamp: "1714037059", nonce: "1" }],
    ["a signature that is none", { ...PLAIN_POST, signature: "00" }],
    ["no time", { ...PLAIN_POST, timestamp: "" }],
    ["a time in milliseconds", { ...PLAIN_POST, timestamp: "1714037059000" }],
    [
      "a time that takes a digit of the nonce",
      { ...PLAIN_POST, timestamp: "17140370594", nonce: "86452656" },
    ],
    ["a time with a sign", { ...PLAIN_POST, timestamp: "-171403705" }],
  ])("claims nothing with %s", (_, query) => {
    expect(claimOf(query)).toBeNull();
  });

  it("is timely for five minutes before and after its time, to the millisecond", () => {
    const claim = claimOf(PLAIN_POST);
    if (!claim) throw new Error("no claim");
    const atMs = 1_714_037_059_000;
    for (const sign of [-1, 1]) {
      expect(isTimely(claim, atMs + sign * PUSH_TOLERANCE_MS)).toBe(true);
      expect(isTimely(claim, atMs + sign * (PUSH_TOLERANCE_MS + 1))).toBe(false);
    }
  });
});
