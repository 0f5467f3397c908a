import { describe, expect, it } from "vitest";
import { PROBLEMS } from "../../src/problems.ts";
import { ask, jsonOf, textOf } from "../support/gateway.ts";

const anybody = { headers: { authorization: "none" } };

it.each(Object.entries(PROBLEMS))("%s is explained to anybody, in plain text", async (code, kind) => {
  const response = await ask(`/problems/${code}`, anybody);
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toMatch(/^text\/plain; ?charset=UTF-8$/);
  expect(response.headers.get("x-content-type-options")).toBe("nosniff");
  expect(await textOf(response)).toBe(
    `${kind.title}\n\n${code}, HTTP status ${kind.status}\n\n${kind.advice}\n`,
  );
});

describe("what is no problem's code", () => {
  it.each(["unheard-of", "toString", "__proto__", "constructor", "Unauthorized", "%00", "<script>"])(
    "is not explained: %s",
    async (code) => {
      const response = await ask(`/problems/${code}`, anybody);
      expect(response.status).toBe(404);
      expect(await jsonOf(response)).toEqual({
        type: "https://hdvoice.test/problems/route-not-found",
        title: "No such resource",
        status: 404,
        detail: "There is no such problem code.",
        code: "route-not-found",
        requestId: response.headers.get("x-request-id"),
      });
    },
  );
});

it("HEAD is answered without a body, and other methods are not", async () => {
  const head = await ask("/problems/internal", { method: "HEAD" });
  expect(head.status).toBe(200);
  expect(await textOf(head)).toBe("");

  const post = await ask("/problems/internal", { method: "POST" });
  expect(post.status).toBe(405);
  expect(post.headers.get("allow")).toBe("GET, HEAD");
  await textOf(post);
});
