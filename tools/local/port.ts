/** A port from the environment. Throws a readable error if it is none. */
export function portFrom(name: "PORT" | "SIMULATOR_PORT", fallback: number): number {
  const value = process.env[name];
  if (value === undefined || value === "") return fallback;
  if (/^[0-9]{1,5}$/.test(value) && Number(value) <= 65_535) return Number(value);
  throw new Error(`${name} must be a port number from 0 to 65535 (0 is any free one), not '${value}'.`);
}
