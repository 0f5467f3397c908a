/** What stands around the measured Workers, in this process, so that nothing of it is counted: WeChat, R2, KV, the queue. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { keeperOf } from "../../../src/voice/keeper-number.ts";
import { DEMO_ACCOUNT } from "../../simulator/demo-simulator.ts";
import type { Misbehaviour } from "../../simulator/misbehaviour.ts";
import { startSimulatorServer } from "../../simulator/server.ts";
import { createSimulator } from "../../simulator/simulator.ts";
import { startKvStandIn } from "../stand-ins/kv.ts";
import { startQueueStandIn } from "../stand-ins/queue.ts";
import { startR2StandIn } from "../stand-ins/r2.ts";
import { minuteOfVoice, PACKET_BYTES } from "../voice.ts";

/** How WeChat's bytes reach us: in one piece, packet by packet as a slower network brings them, very slowly, or never. */
export type Arrival = "at once" | "in packets" | "slowly" | "never";

/** What fits into one packet of TCP over Ethernet, rounded; and one packet a millisecond is 11 Mbit/s. */
const MANNERS: Readonly<Record<Arrival, Misbehaviour | null>> = {
  "at once": null,
  "in packets": { kind: "drip", chunkBytes: 1_400, intervalMs: 1 },
  slowly: { kind: "drip", chunkBytes: 600, intervalMs: 20 },
  never: { kind: "hang" },
};
const PACKETS_A_SECOND = 50;

/** Operations that are paid for, since the beginning. */
export interface Operations {
  readonly r2Reads: number;
  /** Puts and lists: class A. */
  readonly r2Writes: number;
  readonly kvReads: number;
  readonly wechatCalls: number;
}

export interface World {
  readonly folder: string;
  readonly objectsFolder: string;
  readonly wechatOrigin: string;
  /** Of the stand-ins, as workerd's configuration names them. */
  readonly servers: Readonly<Record<"r2" | "kv" | "queue", number>>;
  /** A voice of its own that WeChat has, of one keeper if that matters. */
  addVoice(seconds: number, arrival: Arrival, keeper?: number): string;
  /** Removes what is stored of a voice; nobody is told. */
  forget(mediaId: string): void;
  /** Whether all of these are stored: parts of keys, such as `/source`. */
  isStored(mediaId: string, ...forms: readonly string[]): boolean;
  takeMessages(): unknown[];
  operations(): Operations;
  openRequests(): number;
  close(): Promise<void>;
}

export async function startWorld(): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), "hdvoice-request-"));
  const objectsFolder = join(folder, "objects");
  mkdirSync(objectsFolder);
  const simulator = createSimulator({
    accounts: [{ ...DEMO_ACCOUNT, dailyMediaQuota: Number.MAX_SAFE_INTEGER }],
  });
  const wechat = await startSimulatorServer({ port: 0, simulator });
  const r2 = await startR2StandIn();
  const kv = await startKvStandIn();
  const queue = await startQueueStandIn();
  const keysOf = (mediaId: string) => [...r2.objects.keys()].filter((key) => key.includes(`/${mediaId}/`));
  let voiceCount = 0;
  return {
    folder,
    objectsFolder,
    wechatOrigin: wechat.origin,
    servers: { r2: r2.port, kv: kv.port, queue: queue.port },
    addVoice(seconds, arrival, keeper) {
      let mediaId: string;
      do mediaId = `voice-${voiceCount++}`;
      while (keeper !== undefined && keeperOf(mediaId) !== keeper);
      simulator.addRecording(DEMO_ACCOUNT.appId, mediaId, voiceOf(seconds));
      const manner = MANNERS[arrival];
      if (manner) simulator.misbehave({ ...manner, mediaId });
      return mediaId;
    },
    forget(mediaId) {
      for (const key of keysOf(mediaId)) r2.objects.delete(key);
    },
    isStored: (mediaId, ...forms) => forms.every((form) => keysOf(mediaId).some((key) => key.endsWith(form))),
    takeMessages: () => queue.take(),
    operations: () => ({
      r2Reads: r2.counts.reads,
      r2Writes: r2.counts.writes + r2.counts.lists,
      kvReads: kv.counts.reads,
      wechatCalls: simulator.calls().length,
    }),
    openRequests: () => r2.openRequests() + kv.openRequests() + queue.openRequests(),
    async close() {
      for (const standIn of [r2, kv, queue]) standIn.close();
      await wechat.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** So many seconds of the minute, said again and again. */
function voiceOf(seconds: number): Uint8Array {
  const minute = minuteOfVoice();
  const bytes = new Uint8Array(seconds * PACKETS_A_SECOND * PACKET_BYTES);
  for (let at = 0; at < bytes.length; at += minute.length) {
    bytes.set(minute.subarray(0, bytes.length - at), at);
  }
  return bytes;
}
