/**
 * WeChat's IP allow-list: single IPv4 addresses and ranges such as `172.0.0.1/24`, no wildcards, no ports.
 * https://developers.weixin.qq.com/doc/oplatform/developers/basic_func/ip_whitelist
 */

interface Range {
  readonly network: number;
  readonly mask: number;
}

/** Compiles the list; throws on an entry WeChat's console would refuse. */
export function createIpAllowList(entries: readonly string[]): (address: string) => boolean {
  const ranges = entries.map(parseRange);
  return (address) => {
    const number = parseAddress(address);
    return number !== null && ranges.some(({ network, mask }) => (number & mask) >>> 0 === network);
  };
}

/** `::ffff:10.0.0.1`, as a dual-stack socket reports it, is the IPv4 address `10.0.0.1`. */
export function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, "");
}

function parseRange(entry: string): Range {
  const [address = "", width = "32", ...rest] = entry.split("/");
  const number = parseAddress(address);
  const bits = /^\d{1,2}$/.test(width) ? Number(width) : 33;
  if (number === null || bits > 32 || rest.length > 0) {
    throw new Error(`ipAllowList: "${entry}" is neither an IPv4 address nor a range such as 172.0.0.1/24`);
  }
  // A shift by 32 is a shift by 0, so the empty prefix needs its own case.
  const mask = bits === 0 ? 0 : (0xffffffff << (32 - bits)) >>> 0;
  return { network: (number & mask) >>> 0, mask };
}

function parseAddress(address: string): number | null {
  if (!/^\d{1,3}(\.\d{1,3}){3}$/.test(address)) return null;
  const parts = address.split(".").map(Number);
  if (parts.some((part) => part > 255)) return null;
  return parts.reduce((number, part) => number * 256 + part, 0);
}
