/** The table of operations is true: each succeeds as it says, each fails as it says, and no route is left out. */
import { describe, expect, it } from "vitest";
import { ANSWERS, problem } from "../../src/api/answers.ts";
import { problemsOf } from "../../src/api/descriptions.ts";
import { OPERATIONS, type OperationName } from "../../src/api/operations.ts";
import { createApp } from "../../src/app.ts";
import { PROBLEMS } from "../../src/problems.ts";
import { honoPathOf } from "../../src/routes/serve.ts";
import { jsonOf } from "../support/gateway.ts";
import { isolate } from "../support/world.ts";
import { goodCall, send } from "./calls.ts";
import { PROVOCATIONS } from "./provocations.ts";

const NAMES = Object.keys(OPERATIONS) as OperationName[];

describe.each(NAMES)("%s", (name) => {
  const operation = OPERATIONS[name];

  it("succeeds with its status, and answers in its shape", async () => {
    const response = await send(await goodCall(name));
    expect(response.status).toBe(operation.status);
    const shape = ANSWERS[name];
    // Not remembered for the search for secrets: some of these give out tokens, to those who may have them.
    if (shape) expect(shape.safeParse(await response.json())).toMatchObject({ success: true });
    else await response.arrayBuffer();
  });

  it.each([...problemsOf(name)])("answers %s when it comes to that", async (code) => {
    const provoke = PROVOCATIONS[code];
    if (!provoke) throw new Error(`no test knows how ${code} comes about`);
    const response = await provoke(await goodCall(name), name);
    const body = await jsonOf(response);
    expect(body).toMatchObject({ code, status: PROBLEMS[code].status });
    expect(response.status).toBe(PROBLEMS[code].status);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(problem.safeParse(body)).toMatchObject({ success: true });
  });
});

it("has no route of /v1 beside the operations", () => {
  const described = new Set(
    Object.values(OPERATIONS).flatMap(({ method, path, isPerAccount }) =>
      (isPerAccount ? ["", "/apps/:appId"] : [""]).map(
        (prefix) => `${method} /v1${prefix}${honoPathOf(path)}`,
      ),
    ),
  );
  const routed = createApp(isolate)
    .routes.filter(({ method, path }) => path.startsWith("/v1") && method !== "ALL")
    .map(({ method, path }) => `${method} ${path}`);
  expect(new Set(routed)).toEqual(described);
});
