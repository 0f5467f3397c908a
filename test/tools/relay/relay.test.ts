import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, get, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { until } from "../../support/until.ts";

const SECRET = "a-relay-secret-of-more-than-32-characters";
const BODY = Uint8Array.from({ length: 180_000 }, (_, index) => index % 251);

/** In WeChat's place: remembers what reached it, and answers with a body that is not text. */
const reached: { method: string; url: string; headers: IncomingHttpHeaders; body: string }[] = [];
const upstream = createServer(async (incoming, outgoing) => {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const { method = "", url = "", headers } = incoming;
  reached.push({ method, url, headers, body: Buffer.concat(chunks).toString() });
  outgoing.setHeader("content-type", "voice/speex");
  // Without a length Node sends chunks; destroyed, they never come to their end.
  if (url.endsWith("/chunked")) return void outgoing.write(BODY, () => outgoing.end());
  if (url.endsWith("/broken")) return void outgoing.write(BODY, () => outgoing.destroy());
  outgoing.writeHead(200, { "content-length": BODY.length }).end(BODY);
});

const stops: (() => void)[] = [];
const folder = mkdtempSync(join(tmpdir(), "hdvoice-relay-"));

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

function answers(origin: string): Promise<unknown> {
  return until(() => fetch(origin));
}

async function startNodeRelay(): Promise<string> {
  const port = await freePort();
  const { port: upstreamPort } = upstream.address() as AddressInfo;
  const env = { RELAY_SECRET: SECRET, PORT: String(port), UPSTREAM: `http://127.0.0.1:${upstreamPort}` };
  const child = spawn(process.execPath, ["tools/relay/relay.mjs"], { env, stdio: "ignore" });
  stops.push(() => child.kill());
  await answers(`http://127.0.0.1:${port}`);
  return `http://127.0.0.1:${port}`;
}

/** The recipe with its capitals filled in, WeChat's place taken, and no certificate. */
async function startNginxRelay(): Promise<string> {
  const port = await freePort();
  const { port: upstreamPort } = upstream.address() as AddressInfo;
  const site = readFileSync("tools/relay/nginx.conf", "utf8")
    .replaceAll('"SECRET"', `"${SECRET}"`)
    .replace("listen 443 ssl;", `listen 127.0.0.1:${port};`)
    .replaceAll(/^ *ssl_certificate.*$/gm, "")
    .replaceAll("DOMAIN", "relay.test")
    .replace("proxy_pass https://api.weixin.qq.com;", `proxy_pass http://127.0.0.1:${upstreamPort};`)
    .replace("/var/log/nginx/wechat-relay.log", join(folder, "access.log"));
  const path = join(folder, "nginx.conf");
  const temp = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((name) => `${name}_temp_path ${join(folder, name)};`)
    .join("\n");
  writeFileSync(path, `pid ${join(folder, "pid")};\nevents {}\nhttp {\n${temp}\n${site}\n}\n`);
  const child = spawn("nginx", ["-c", path, "-g", "daemon off;", "-e", join(folder, "error.log")], {
    stdio: "ignore",
  });
  stops.push(() => child.kill());
  await answers(`http://127.0.0.1:${port}`);
  return `http://127.0.0.1:${port}`;
}

const hasNginx = spawnSync("nginx", ["-v"]).error === undefined;

beforeAll(async () => {
  upstream.listen(0, "127.0.0.1");
  await once(upstream, "listening");
});

afterAll(() => {
  for (const stop of stops) stop();
  upstream.close();
  rmSync(folder, { recursive: true, force: true });
});

const RELAYS: readonly [string, boolean, () => Promise<string>][] = [
  ["relay.mjs", true, startNodeRelay],
  ["nginx.conf", hasNginx, startNginxRelay],
];

for (const [name, runs, start] of RELAYS) {
  describe.skipIf(!runs)(name, () => {
    let origin = "";
    beforeAll(async () => {
      origin = await start();
    });

    const call = (path: string, init: RequestInit = {}, secret: string | null = SECRET) => {
      const headers = new Headers(init.headers);
      if (secret !== null) headers.set("x-relay-secret", secret);
      reached.length = 0;
      return fetch(`${origin}${path}`, { ...init, headers });
    };

    it("forwards a call with its query, and brings the body back byte for byte", async () => {
      const response = await call("/cgi-bin/media/get/jssdk?access_token=t&media_id=m");
      expect(response.status).toBe(200);
      expect(response.headers.get("content-type")).toBe("voice/speex");
      expect(response.headers.get("content-length")).toBe("180000");
      expect(new Uint8Array(await response.arrayBuffer())).toEqual(BODY);
      expect(reached).toMatchObject([
        { method: "GET", url: "/cgi-bin/media/get/jssdk?access_token=t&media_id=m" },
      ]);
    });

    // nginx passes chunks on as they come; there the gateway asks a second time before it believes them.
    it.runIf(name === "relay.mjs")("tells the length of a body that came without one", async () => {
      const response = await call("/cgi-bin/media/chunked");
      expect(response.headers.get("content-length")).toBe("180000");
      expect(response.headers.has("transfer-encoding")).toBe(false);
      expect(new Uint8Array(await response.arrayBuffer())).toEqual(BODY);
    });

    it.runIf(name === "relay.mjs")("passes on nothing of a body that broke off", async () => {
      const response = await call("/cgi-bin/media/broken");
      expect(response.status).toBe(502);
    });

    it("forwards a POST with its body", async () => {
      const body = JSON.stringify({ grant_type: "client_credential" });
      await (await call("/cgi-bin/stable_token", { method: "POST", body })).arrayBuffer();
      expect(reached).toMatchObject([{ method: "POST", url: "/cgi-bin/stable_token", body }]);
    });

    it("keeps the secret to itself", async () => {
      await (await call("/cgi-bin/token")).arrayBuffer();
      expect(JSON.stringify(reached[0]?.headers)).not.toContain(SECRET);
    });

    it.each([
      ["no secret", "/cgi-bin/token", null],
      ["a wrong secret", "/cgi-bin/token", `${SECRET}x`],
      ["an empty secret", "/cgi-bin/token", ""],
      ["a path of somebody else's", "/", SECRET],
    ])("refuses %s", async (_, path, secret) => {
      const response = await call(path, {}, secret);
      expect(response.status).toBe(403);
      expect(reached).toEqual([]);
    });

    // As they are on the wire: fetch would resolve them itself.
    it.each(["/cgi-bin/../admin", "/cgi-bin/%2e%2e/admin"])("refuses %s", async (path) => {
      reached.length = 0;
      const { hostname, port } = new URL(origin);
      const request = get({ hostname, port, path, headers: { "x-relay-secret": SECRET } });
      const [response] = (await once(request, "response")) as [IncomingMessage];
      response.resume();
      expect(response.statusCode).toBe(403);
      expect(reached).toEqual([]);
    });
  });
}

it.each([
  ["RELAY_SECRET must have 32 characters or more", { RELAY_SECRET: "short" }],
  [
    "UPSTREAM must be a host of WeChat's",
    { RELAY_SECRET: SECRET, UPSTREAM: "https://weixin.qq.com.evil.test" },
  ],
  ["UPSTREAM must be a host of WeChat's", { RELAY_SECRET: SECRET, UPSTREAM: "http://api.weixin.qq.com" }],
])("relay.mjs doesn't start: %s", (reason, env) => {
  const { status, stderr } = spawnSync(process.execPath, ["tools/relay/relay.mjs"], { env, timeout: 60_000 });
  expect(status).toBe(1);
  expect(String(stderr)).toBe(`relay: ${reason}\n`);
});
