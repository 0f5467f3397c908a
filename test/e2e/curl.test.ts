/** curl against the running Worker: ranges, conditions, HEAD and resumption as people and download managers use them. */
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { AUTHORIZATION, type Local, run, startLocal, withTools } from "./local.ts";

const SPEEX = readFileSync("test/fixtures/voices/english-8s.speex");
const { name, skip } = withTools("curl", "curl");

describe.skipIf(skip)(name, () => {
  let local: Local;
  let mediaId: string;
  let count = 0;

  beforeAll(async () => {
    local = await startLocal();
  });
  afterAll(() => local?.stop());
  beforeEach(() => {
    mediaId = `voice-${count++}`;
    local.record(mediaId, SPEEX);
  });

  /** Status, headers and body of one transfer; `file` keeps what it wrote. */
  async function curl(form: string, ...options: string[]) {
    const file = join(local.folder, `${mediaId}.${form}`);
    const head = join(local.folder, "head");
    const args = ["-sS", "-H", AUTHORIZATION, "-D", head, "-o", file, "-w", "%{http_code} %{size_download}"];
    const { status, stdout, stderr } = await run("curl", [
      ...args,
      ...options,
      local.url(`${mediaId}.${form}`),
    ]);
    const [httpStatus, downloaded] = stdout.toString().split(" ").map(Number);
    const headers = new Map(
      readFileSync(head, "latin1")
        .split("\r\n")
        .map((line) => line.split(/: (.*)/) as [string, string])
        .map(([key, value]) => [key.toLowerCase(), value]),
    );
    return { exit: status, stderr, status: httpStatus, downloaded, headers, file };
  }

  it.each(["speex", "wav", "ogg", "pcm", "json"])(
    "-r takes Safari's probe, then the rest, of a cold .%s",
    async (form) => {
      const probe = await curl(form, "-r", "0-1");
      expect(probe).toMatchObject({ exit: 0, status: 206, downloaded: 2 });
      const [, length] = /^bytes 0-1\/(\d+)$/.exec(probe.headers.get("content-range") ?? "") ?? [];
      const first = readFileSync(probe.file);

      const rest = await curl(form, "-r", "2-");
      expect(rest).toMatchObject({ exit: 0, status: 206, downloaded: Number(length) - 2 });
      const joined = Buffer.concat([first, readFileSync(rest.file)]);
      const whole = await curl(form);
      expect(whole).toMatchObject({ exit: 0, status: 200, downloaded: Number(length) });
      if (form !== "json") expect(readFileSync(whole.file)).toEqual(joined);
      expect(local.mediaCalls(mediaId)).toBe(1);
    },
  );

  it("-r takes the end, several ranges, and what isn't there", async () => {
    const end = await curl("speex", "-r", "-100");
    expect(end).toMatchObject({ status: 206, downloaded: 100 });
    expect(readFileSync(end.file)).toEqual(SPEEX.subarray(-100));
    expect(await curl("speex", "-r", "0-9,20-29")).toMatchObject({ status: 200, downloaded: SPEEX.length });
    const behind = await curl("speex", "-r", "9999999-");
    expect(behind.status).toBe(416);
    expect(behind.headers.get("content-range")).toBe(`bytes */${SPEEX.length}`);
  });

  it("-I tells of a cold WAV what GET tells, without a body", async () => {
    const head = await curl("wav", "-I");
    const get = await curl("wav");
    expect(head).toMatchObject({ exit: 0, status: 200, downloaded: 0 });
    expect(get).toMatchObject({ exit: 0, status: 200, downloaded: 44 + 8 * 32_000 });
    for (const key of [
      "content-length",
      "content-type",
      "etag",
      "last-modified",
      "accept-ranges",
      "cache-control",
    ]) {
      expect(head.headers.get(key), key).toBe(get.headers.get(key));
    }
    expect(local.mediaCalls(mediaId)).toBe(1);
  });

  it("-z fetches only what is newer than a date or a file", async () => {
    const first = await curl("wav");
    const date = first.headers.get("last-modified") ?? "";
    expect(await curl("wav", "-z", date)).toMatchObject({ exit: 0, status: 304, downloaded: 0 });
    expect(await curl("wav", "-z", "Sun, 06 Nov 1994 08:49:37 GMT")).toMatchObject({ exit: 0, status: 200 });
    // A minus in front asks for what is older: If-Unmodified-Since.
    expect(await curl("wav", "-z", "-Fri, 01 Jan 2100 00:00:00 GMT")).toMatchObject({ exit: 0, status: 200 });
    // By -z curl would judge the 412 itself, by its Last-Modified.
    expect(await curl("wav", "-H", "If-Unmodified-Since: Sun, 06 Nov 1994 08:49:37 GMT")).toMatchObject({
      exit: 0,
      status: 412,
    });
  });

  it("--etag-save and --etag-compare fetch it once", async () => {
    const tags = join(local.folder, `${mediaId}.etag`);
    writeFileSync(tags, "");
    expect(await curl("ogg", "--etag-save", tags, "--etag-compare", tags)).toMatchObject({
      exit: 0,
      status: 200,
    });
    expect(readFileSync(tags, "utf8")).toBe(`"${mediaId}.ogg.1"\n`);
    expect(await curl("ogg", "--etag-save", tags, "--etag-compare", tags)).toMatchObject({
      exit: 0,
      status: 304,
      downloaded: 0,
    });
  });

  it.each(["speex", "wav"])("-C - goes on where a cold .%s had broken off", async (form) => {
    const whole = form === "speex" ? SPEEX.length : 44 + 8 * 32_000;
    local.simulator.misbehave({ kind: "cut", afterBytes: 10_000 });
    const broken = await curl(form);
    // 18: the transfer ended before its Content-Length.
    expect(broken).toMatchObject({ exit: 18, status: 200 });
    const have = statSync(broken.file).size;
    expect(have).toBeGreaterThan(0);
    expect(have).toBeLessThan(whole);

    local.simulator.behave();
    const resumed = await curl(form, "-C", "-");
    expect(resumed).toMatchObject({ exit: 0, status: 206, downloaded: whole - have });
    expect(resumed.headers.get("content-range")).toBe(`bytes ${have}-${whole - 1}/${whole}`);
    const file = readFileSync(resumed.file);
    const again = await curl(form);
    expect(readFileSync(again.file)).toEqual(file);
    if (form === "speex") expect(file).toEqual(SPEEX);
  });

  it("-X DELETE removes it, and the next request fetches it anew", async () => {
    await curl("speex");
    const { status } = await run("curl", ["-sSf", "-X", "DELETE", "-H", AUTHORIZATION, local.url(mediaId)]);
    expect(status).toBe(0);
    const anew = await curl("speex");
    expect(anew.headers.get("cache-status")).toBe("hdvoice; fwd=uri-miss; stored");
    expect(local.mediaCalls(mediaId)).toBe(2);
  });
});
