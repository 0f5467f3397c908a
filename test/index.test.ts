import { exports } from "cloudflare:workers";
import { expect, it } from "vitest";

it("runs", async () => {
  const response = await exports.default.fetch("https://hdvoice.test/");
  expect(await response.text()).toBe("hdvoice");
});
