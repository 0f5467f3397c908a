import { afterEach, expect, it, vi } from "vitest";
import { portFrom } from "../../../tools/local/port.ts";

afterEach(() => vi.unstubAllEnvs());

it.each([
  ["", 8787],
  ["0", 0],
  ["65535", 65_535],
])("reads PORT='%s'", (value, port) => {
  vi.stubEnv("PORT", value);
  expect(portFrom("PORT", 8787)).toBe(port);
});

it.each(["65536", "-1", "80.5", "http", " 80", "0x50"])("refuses PORT='%s' in words", (value) => {
  vi.stubEnv("PORT", value);
  expect(() => portFrom("PORT", 8787)).toThrow("PORT must be a port number from 0 to 65535");
});
