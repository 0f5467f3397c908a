/**
 * A real Chromium plays a voice that was never seen before, and jumps about in it. An audio element can't send a key, so a
 * proxy adds it, as the page's own server would.
 */
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AUTHORIZATION, type Local, startLocal, withTools } from "./local.ts";

const SPEEX = readFileSync("test/fixtures/voices/minute-60s.speex");
const CHROMIUM = "/usr/bin/chromium";
const { name, skip } = withTools("Chromium", "chromium");

interface Exchange {
  readonly range: string | undefined;
  readonly status: number | undefined;
  readonly contentRange: string | undefined;
}

describe.skipIf(skip)(name, () => {
  let local: Local;
  let browser: Browser;
  let proxy: Server;
  let origin: string;
  const exchanges: Exchange[] = [];

  beforeAll(async () => {
    local = await startLocal();
    proxy = createServer(serve).listen(0, "127.0.0.1");
    await new Promise((resolve) => proxy.once("listening", resolve));
    origin = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: ["--no-sandbox", "--autoplay-policy=no-user-gesture-required"],
    });
  });
  afterAll(async () => {
    await browser?.close();
    proxy?.closeAllConnections();
    proxy?.close();
    await local?.stop();
  });

  /** A voice, with the key added; anything else is a page. */
  function serve(incoming: IncomingMessage, outgoing: ServerResponse): void {
    if (!incoming.url?.endsWith(".wav")) {
      outgoing.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><title>voice</title>");
      return;
    }
    const [key = "", value = ""] = AUTHORIZATION.split(/: (.*)/);
    const headers = { ...incoming.headers, [key]: value, host: new URL(local.origin).host };
    const upstream = request(local.url(incoming.url.slice(1)), { headers }, (response) => {
      const { range } = incoming.headers;
      exchanges.push({
        range,
        status: response.statusCode,
        contentRange: response.headers["content-range"],
      });
      outgoing.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(outgoing);
    });
    upstream.on("error", () => outgoing.destroy());
    outgoing.on("close", () => upstream.destroy());
    upstream.end();
  }

  /** Plays from `second` on for a fifth of a second of sound, and tells what the element says then. */
  function play(page: Page, second: number) {
    return page.evaluate(async (start) => {
      const audio = document.querySelector("audio") as HTMLAudioElement;
      const until = (event: string) =>
        new Promise((resolve, reject) => {
          audio.addEventListener(event, resolve, { once: true });
          audio.addEventListener("error", () => reject(new Error(audio.error?.message)), { once: true });
        });
      const sought = until("seeked");
      audio.currentTime = start;
      await sought;
      await audio.play();
      while (audio.currentTime < start + 0.2) await until("timeupdate");
      audio.pause();
      return {
        duration: audio.duration,
        currentTime: audio.currentTime,
        error: audio.error?.message ?? null,
      };
    }, second);
  }

  it("plays and seeks an <audio> of a cold WAV, with one call to WeChat", async () => {
    local.record("cold", SPEEX);
    const page = await browser.newPage();
    await page.goto(origin);
    await page.evaluate(async () => {
      const audio = new Audio("/cold.wav");
      document.body.append(audio);
      audio.preload = "metadata";
      await new Promise((resolve, reject) => {
        audio.addEventListener("loadedmetadata", resolve, { once: true });
        audio.addEventListener("error", () => reject(new Error(audio.error?.message)), { once: true });
      });
    });
    for (const second of [45, 5, 58.5]) {
      const heard = await play(page, second);
      expect(heard).toMatchObject({ duration: 60, error: null });
      expect(heard.currentTime).toBeGreaterThanOrEqual(second + 0.2);
    }
    await page.close();

    expect(local.mediaCalls("cold")).toBe(1);
    // Chromium always asks for a range, and for more of them where it has not buffered what is sought yet.
    expect(exchanges.length).toBeGreaterThan(0);
    for (const { range, status, contentRange } of exchanges) {
      expect(status).toBe(206);
      const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(range ?? "") ?? [];
      expect(contentRange).toBe(`bytes ${first}-${last || 1_920_043}/1920044`);
    }
  });

  it("plays a voice that is opened by itself, in spite of the security headers", async () => {
    local.record("alone", SPEEX);
    const page = await browser.newPage();
    await page.goto(`${origin}/alone.wav`);
    const heard = await page.evaluate(async () => {
      const media = document.querySelector("video, audio") as HTMLMediaElement;
      await media.play();
      while (media.currentTime === 0)
        await new Promise((resolve) => media.addEventListener("timeupdate", resolve, { once: true }));
      return { duration: media.duration, currentTime: media.currentTime };
    });
    expect(heard.duration).toBe(60);
    expect(heard.currentTime).toBeGreaterThan(0);
    await page.close();
  });
});
