import { describe, expect, it } from "vitest";
import { hdvoice } from "./support.ts";

describe("the commands that talk to a gateway", () => {
  it.each([
    [["pull", "--nope"], "Unknown option '--nope'"],
    [["pull", "--out", "x"], "--ids and --out are needed"],
    [["watch", "--nope"], "Unknown option '--nope'"],
  ])("%j is wrong use, told with the way to use it", async (args, words) => {
    const { status, stderr } = await hdvoice(args);
    expect(status).toBe(2);
    expect(stderr).toContain(words);
    expect(stderr).toContain(`hdvoice ${args[0]} `);
  });

  it("are in the list of commands, and explain themselves", async () => {
    expect(String((await hdvoice(["--help"])).stdout)).toMatch(/pull .*archive many voices[\s\S]*watch /);
    expect(String((await hdvoice(["pull", "--help"])).stdout)).toContain("--ids FILE --out DIR");
  });
});
