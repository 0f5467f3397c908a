import { describe, expect, it } from "vitest";
import { judgeCallbackUrl, parseCallbackHost } from "../../src/http/callback-url.ts";

const ALLOWED = new Set(["https://hooks.example.com", "https://hooks.example.com:8443"]);

describe("a callback URL", () => {
  it.each([
    "https://hooks.example.com/voices?tenant=7",
    "https://HOOKS.example.com:443/",
    "https://hooks.example.com:8443/x",
  ])("%s is allowed by its origin", (url) => {
    expect(judgeCallbackUrl(url, ALLOWED)).toBe("allowed");
  });

  it.each([
    ["https://hooks.example.com:9000/", "not-listed"],
    ["https://hooks.example.com.evil.test/", "not-listed"],
    ["https://evil.test/https://hooks.example.com", "not-listed"],
    ["https://hooks.example.com@evil.test/", "malformed"],
    ["https://user:password@hooks.example.com/", "malformed"],
    ["http://hooks.example.com/", "not-https"],
    ["ftp://hooks.example.com/", "malformed"],
    ["javascript:alert(1)", "malformed"],
    ["hooks.example.com/x", "malformed"],
    ["/x", "malformed"],
    ["https://127.0.0.1/", "not-listed"],
    ["https://[::1]/", "not-listed"],
    ["https://169.254.169.254/latest/meta-data", "not-listed"],
  ])("%s is %s", (url, verdict) => {
    expect(judgeCallbackUrl(url, ALLOWED)).toBe(verdict);
  });
});

describe("an entry of CALLBACK_HOSTS", () => {
  it.each([
    ["hooks.example.com", "https://hooks.example.com"],
    ["hooks.example.com:8443", "https://hooks.example.com:8443"],
    ["https://hooks.example.com", "https://hooks.example.com"],
    ["203.0.113.7", "https://203.0.113.7"],
    ["[2a00:1450::1]", "https://[2a00:1450::1]"],
    ["http://127.0.0.1:9000", "http://127.0.0.1:9000"],
    ["http://localhost:9000", "http://localhost:9000"],
    ["https://10.0.0.5:8443", "https://10.0.0.5:8443"],
  ])("%s allows the origin %s", (entry, origin) => {
    expect(parseCallbackHost(entry)).toEqual({ origin });
  });

  it.each([
    "localhost",
    "127.0.0.1",
    "2130706433",
    "0x7f.1",
    "0.0.0.0",
    "10.1.2.3",
    "100.64.0.1",
    "169.254.169.254",
    "172.31.0.1",
    "192.168.1.1",
    "198.18.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]",
    "[2001::7f00:1]",
    "[2001:0:7f00:1::2]",
    "[2001:10::1]",
    "[2001:1ff::1]",
    "[4000::1]",
    "[fc00::1]",
    "[fe80::1]",
    "[ff02::1]",
    "metadata.google.internal",
    "printer.local",
  ])("%s is refused as a private address", (entry) => {
    expect(parseCallbackHost(entry)).toEqual({ fault: expect.stringContaining("is a private address") });
  });

  it.each(["http://hooks.example.com", "http://10.0.0.5"])("%s is refused: not https", (entry) => {
    expect(parseCallbackHost(entry)).toEqual({ fault: expect.stringContaining("may have the scheme http") });
  });

  it.each(["hooks.example.com/path", "user@hooks.example.com", "*", "hooks example.com", "ftp://a.test"])(
    "%s is refused: no host",
    (entry) => {
      expect(parseCallbackHost(entry)).toEqual({ fault: expect.stringContaining("must be a host") });
    },
  );
});
