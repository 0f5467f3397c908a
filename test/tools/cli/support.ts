/** Runs the real program, each time in a folder of its own. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer, text } from "node:stream/consumers";
import { afterEach, beforeEach } from "vitest";
import { concatenate, decodePackets } from "../../../tools/conformance/decode.ts";
import { loadSpeexModule } from "../../../tools/speex-module.ts";
import { framesOf } from "../../support/speex-frames.ts";
import { split } from "../../support/split.ts";

const ROOT = join(import.meta.dirname, "../../..");
export const PROGRAM = join(ROOT, "tools/cli/main.ts");
const FIXTURES = join(ROOT, "test/fixtures");

export interface Ended {
  readonly status: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

export interface RunOptions {
  /** What is on stdin, piece by piece. */
  readonly stdin?: Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
  readonly env?: Record<string, string>;
  /** Options of Node itself. */
  readonly node?: readonly string[];
  /** A file descriptor in the place of a pipe. */
  readonly stdout?: number;
}

/** Where the program runs. Empty at the start of each test. */
export let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hdvoice-cli-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** `hdvoice …` from its start to its end. */
export async function hdvoice(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  const child = start(args, options);
  const ended = once(child, "close");
  const output = Promise.all([buffer(child.stdout), text(child.stderr)]);
  // The program may refuse before it has read everything.
  child.stdin.on("error", () => {});
  for await (const piece of options.stdin ?? []) {
    if (!child.stdin.write(piece)) await Promise.race([once(child.stdin, "drain"), ended]);
  }
  child.stdin.end();
  const [stdout, stderr] = await output;
  await ended;
  return { status: child.exitCode, stdout, stderr };
}

/** With all three pipes, whatever `options.stdout` says: nothing comes out of the one that it replaces. */
export function start(args: readonly string[], { env, node = [], stdout }: RunOptions = {}) {
  const child = spawn(process.execPath, [...node, PROGRAM, ...args], {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: ["pipe", stdout ?? "pipe", "pipe"],
  });
  const { stdin, stderr } = child;
  if (stdin === null || stderr === null) throw new Error("no pipe to the program");
  return Object.assign(child, { stdin, stderr, stdout: child.stdout ?? Readable.from([]) });
}

/** Puts a file into the folder. */
export function put(name: string, bytes: Uint8Array | string): string {
  writeFileSync(join(folder, name), bytes);
  return name;
}

export function get(name: string): Buffer {
  return readFileSync(join(folder, name));
}

/** Names of everything in the folder, hidden files included. */
export function files(): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" }).sort();
}

export function fixture(path: string): Uint8Array {
  return new Uint8Array(readFileSync(join(FIXTURES, path)));
}

/** Half a second, 25 frames, as WeChat sends it. */
export const VOICE = fixture("voices/short-half-second.speex");
export const VOICE_FRAMES = framesOf(VOICE);
/** By speexenc: half a second, variable bit rate, three frames a packet. */
export const SPEEXENC_OGG = fixture("ogg/speexenc-3-frames.ogg");

const module = loadSpeexModule();

/** The samples that the decoder itself makes of the packets, as bytes. */
export function decoded(packets: readonly Uint8Array[], framesPerPacket = 1, enhance = true): Buffer {
  const samples = decodePackets(module, { mode: "wideband", framesPerPacket, enhance }, packets);
  return Buffer.from(samples.buffer);
}

/** The packets in an Ogg file. */
export function packetsOf(ogg: Uint8Array): Uint8Array[] {
  return split(ogg).packets;
}

/** A WAV file's header and samples, 16 kHz, written out by hand. */
export function wav(pcm: Uint8Array, dataBytes = pcm.length): Buffer {
  const header = Buffer.from("RIFF....WAVEfmt ....----....----++++data....", "latin1");
  header.writeUInt32LE(36 + dataBytes, 4);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(16_000, 24);
  header.writeUInt32LE(32_000, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.writeUInt32LE(dataBytes, 40);
  return Buffer.from(concatenate([header, pcm]));
}
