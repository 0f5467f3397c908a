/**
 * What all requests of one isolate have in common: the world outside, and what they may share as plain values (a token,
 * a time, a flag). Never a promise or a stream: a request that waits for what another one does breaks. Made once, in
 * index.ts, and handed down.
 */
import type { HeldBytes } from "../voice/room.ts";
import { HostHealth } from "../wechat/hosts.ts";
import type { TokenMemory } from "../wechat/token/cache.ts";
import { REAL_WORLD, type World } from "../world.ts";

export interface Isolate {
  readonly world: World;
  /** Tokens as read last, by KV key. */
  readonly tokens: TokenMemory;
  /** Which of WeChat's hosts failed just now. */
  readonly hosts: HostHealth;
  /** How much its voice keepers hold. */
  readonly heldBytes: HeldBytes;
}

export function createIsolate(world: World = REAL_WORLD): Isolate {
  return { world, tokens: new Map(), hosts: new HostHealth(), heldBytes: new Map() };
}
