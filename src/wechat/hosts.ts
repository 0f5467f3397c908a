/** Which hosts are WeChat's own, and which failed just now. */

/** How long a host that failed every attempt is asked last. Short, because the host is still asked, only last. */
const DOWN_MS = 30_000;

/** One isolate's memory of failed hosts. Numbers only; a wrong one costs one more attempt. */
export class HostHealth {
  /** By origin, until when. */
  readonly #downUntilMs = new Map<string, number>();

  markDown(origin: string, nowMs: number): void {
    this.#downUntilMs.set(origin, nowMs + DOWN_MS);
  }

  markUp(origin: string): void {
    this.#downUntilMs.delete(origin);
  }

  /** In the given order, those that failed just now after the others. */
  healthyFirst(origins: readonly string[], nowMs: number): string[] {
    const isDown = (origin: string) => nowMs < (this.#downUntilMs.get(origin) ?? 0);
    return [...origins.filter((origin) => !isDown(origin)), ...origins.filter(isDown)];
  }
}

/** A host's name as a URL gives it: in lower case, and with the dot at its end if one was written. */
export function isWechatHost(hostname: string): boolean {
  const host = hostname.replace(/\.$/, "");
  return host === "weixin.qq.com" || host.endsWith(".weixin.qq.com");
}
