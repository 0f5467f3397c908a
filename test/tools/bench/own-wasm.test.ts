import { expect, it } from "vitest";
import { withCustomSection } from "../../../tools/bench/request/workers.ts";

/** The smallest module: magic number and version. */
const EMPTY = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);

it("gives a module bytes of its own that mean the same", () => {
  const own = withCustomSection(EMPTY, "gateway-1");

  expect(WebAssembly.validate(own)).toBe(true);
  const sections = WebAssembly.Module.customSections(new WebAssembly.Module(own), "gateway-1");
  expect(sections).toHaveLength(1);
  expect(withCustomSection(EMPTY, "gateway-2")).not.toEqual(own);
});
