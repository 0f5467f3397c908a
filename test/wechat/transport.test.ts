import { describe, expect, it } from "vitest";
import { ServiceError } from "../../src/errors.ts";
import { exchange, requireOk, unavailable, withRetries } from "../../src/wechat/transport.ts";
import { bodyOf } from "../support/byte-streams.ts";
import { failureOf } from "../support/failing.ts";
import {
  type Act,
  playTransport,
  type ScriptedTransport,
  silent,
  status,
  unreachable,
} from "../support/transport.ts";

const A = "https://a.test";
const B = "https://b.test";
const URL_WITH_TOKEN = "https://a.test/cgi-bin/media/get?access_token=secret-token&media_id=m1";
const ok: Act = () => new Response("ok");

/** One request, and all of its answer as text. */
function request(transport: ScriptedTransport, url: string): Promise<string> {
  return exchange(transport, transport.deadline, url, {}, async (response) => {
    await requireOk(response, url);
    return response.text();
  });
}

/** Asks both hosts for the same thing until one of them gives it. */
async function askBoth(acts: readonly Act[], patience = {}) {
  const transport = playTransport(acts, patience);
  const outcome = await withRetries([A, B], transport, transport.deadline, (origin) =>
    request(transport, `${origin}/?access_token=secret-token`),
  ).catch((error: unknown) => error);
  return { outcome, hosts: transport.requests.map(({ url }) => url.host), pausesMs: transport.pausesMs };
}

/** A transport and its deadline. */
function played(acts: readonly Act[]) {
  const transport = playTransport(acts);
  return [transport, transport.deadline] as const;
}

function* endless(): Generator<string> {
  for (;;) yield "o";
}

describe("one request", () => {
  it("gives the answer", async () => {
    expect(await request(playTransport([ok]), URL_WITH_TOKEN)).toBe("ok");
  });

  it.each<[string, Act, string]>([
    ["fails in the network", unreachable, "a.test could not be reached."],
    ["is not answered in time", silent, "a.test did not answer in time."],
    ["is answered with an error's status", status(502), "a.test answered with HTTP status 502."],
    ["is answered with a redirect", status(302, null), "a.test answered with HTTP status 302."],
    ["is refused", status(403), "a.test answered with HTTP status 403."],
  ])("that %s is told by host alone", async (_, act, message) => {
    const error = await failureOf(request(playTransport([act], { answerTimeoutMs: 5 }), URL_WITH_TOKEN));
    expect(error).toMatchObject({ code: "wechat-unavailable", message, retryAfterSeconds: 10, wechat: null });
  });

  it("does not take its token to where a redirect points", async () => {
    const transport = playTransport([status(307, null), ok]);
    await failureOf(request(transport, URL_WITH_TOKEN));
    expect(transport.requests.map(({ url }) => url.host)).toEqual(["a.test"]);
  });

  it("lets the body of an unwanted answer go", async () => {
    const { stream, state } = bodyOf(["oops"]);
    await failureOf(request(playTransport([status(500, stream)]), URL_WITH_TOKEN));
    await expect.poll(() => state.cancelled).toBe(true);
  });

  it("fails in the same way when the body of an unwanted answer is broken too", async () => {
    const broken = new ReadableStream({ start: (controller) => controller.error(new Error("reset")) });
    const error = await failureOf(request(playTransport([status(500, broken)]), URL_WITH_TOKEN));
    expect(error.message).toBe("a.test answered with HTTP status 500.");
  });

  it("has one time for its answer and the body of it, however that drips", async () => {
    const drip: Act = () => new Response(bodyOf(endless(), "close", 2).stream);
    const error = await failureOf(request(playTransport([drip], { answerTimeoutMs: 20 }), URL_WITH_TOKEN));
    expect(error).toMatchObject({ code: "wechat-unavailable", message: "a.test did not answer in time." });
  });

  it("whose answer breaks off is told by host alone", async () => {
    const broken: Act = () => new Response(bodyOf(["o"], "break").stream);
    const error = await failureOf(request(playTransport([broken]), URL_WITH_TOKEN));
    expect(error.message).toBe("a.test broke off its answer.");
  });
});

describe("what fails is repeated", () => {
  it.each<[string, Act]>([
    ["a network failure", unreachable],
    ["silence", silent],
    ["a 500", status(500)],
    ["a 503", status(503)],
  ])("after %s, twice at the same host, then at the next", async (_, act) => {
    const { outcome, hosts } = await askBoth([act, act, act, act, ok], { answerTimeoutMs: 2 });
    expect(outcome).toBe("ok");
    expect(hosts).toEqual(["a.test", "a.test", "a.test", "b.test", "b.test"]);
  });

  it("until the last host has failed as often, and the last failure is told", async () => {
    const acts = [...new Array<Act>(5).fill(unreachable), status(502)];
    const { outcome, hosts } = await askBoth(acts);
    expect(outcome).toMatchObject({ message: "b.test answered with HTTP status 502." });
    expect(hosts).toEqual(["a.test", "a.test", "a.test", "b.test", "b.test", "b.test"]);
  });

  it("after pauses that double at each host, half of twice the mean at a random number of a half", async () => {
    const { pausesMs } = await askBoth(new Array<Act>(6).fill(unreachable), { backoffMs: 100 });
    expect(pausesMs).toEqual([100, 200, 100, 200]);
  });

  it.each([301, 302, 307, 400, 401, 403, 404, 412, 429])(
    "but not after a %d, which no repetition changes",
    async (code) => {
      const { outcome, hosts } = await askBoth([status(code, null)]);
      expect(outcome).toMatchObject({ code: "wechat-unavailable" });
      expect(hosts).toEqual(["a.test"]);
    },
  );

  it.each([new ServiceError("voice-not-found", "Gone."), new TypeError("a bug")])(
    "but not after %s",
    async (failure) => {
      let attempts = 0;
      const work = withRetries([A, B], ...played([]), async () => {
        attempts++;
        throw failure;
      });
      await expect(work).rejects.toBe(failure);
      expect(attempts).toBe(1);
    },
  );

  it("but at no other host once WeChat has spoken: the others would say the same", async () => {
    const origins: string[] = [];
    const busy = new ServiceError("wechat-unavailable", "Busy.", {
      wechat: { errcode: -1, errmsg: "", rid: null },
    });
    const work = withRetries([A, B], ...played([]), async (origin) => {
      origins.push(origin);
      throw busy;
    });
    await expect(work).rejects.toBe(busy);
    expect(origins).toEqual([A, A, A]);
  });
});

describe("the deadline", () => {
  /** Each attempt takes so long and fails. */
  async function attemptsTaking(durationMs: number, backoffMs: number): Promise<number> {
    const transport = playTransport([], { deadlineMs: 1_000, backoffMs });
    let attempts = 0;
    const work = withRetries([A, B], transport, transport.deadline, async () => {
      attempts++;
      transport.passTime(durationMs);
      throw unavailable(`attempt ${attempts}`);
    });
    expect((await failureOf(work)).message).toBe(`attempt ${attempts}`);
    return attempts;
  }

  it("lets no further attempt begin, at no host", async () => {
    expect(await attemptsTaking(600, 0)).toBe(2);
    expect(await attemptsTaking(300, 0)).toBe(4);
  });

  it("counts the pauses", async () => {
    expect(await attemptsTaking(600, 401)).toBe(1);
  });

  it("lets the first attempt take what it takes", async () => {
    expect(await attemptsTaking(5_000, 0)).toBe(1);
  });
});

it("without any host, there is nobody to ask", async () => {
  const error = await failureOf(withRetries([], ...played([]), async () => "never"));
  expect(error).toMatchObject({ code: "wechat-unavailable", message: "No WeChat host is configured." });
});
