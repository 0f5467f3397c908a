/** Which hosts are WeChat's own, and which are down at the moment. */

/** How long a host that failed every attempt is asked last. Short: it is a preference, not a ban. */
const DOWN_MS = 30_000;

/** By origin, until when. Of the isolate, safely: numbers only, and being wrong costs one detour. */
const downUntilMs = new Map<string, number>();

/** Forgets which hosts were down, as a fresh isolate would. For tests. */
export function forgetHosts(): void {
  downUntilMs.clear();
}

export function markDown(origin: string, nowMs: number): void {
  downUntilMs.set(origin, nowMs + DOWN_MS);
}

export function markUp(origin: string): void {
  downUntilMs.delete(origin);
}

/** In the order given, those that failed just now behind the others. */
export function healthyFirst(origins: readonly string[], nowMs: number): string[] {
  const isDown = (origin: string) => nowMs < (downUntilMs.get(origin) ?? 0);
  return [...origins.filter((origin) => !isDown(origin)), ...origins.filter(isDown)];
}

export function isWechatHost(host: string): boolean {
  return host === "weixin.qq.com" || host.endsWith(".weixin.qq.com");
}
