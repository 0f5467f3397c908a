/** What a keeper holds for voices under way is given back, whatever becomes of those who wanted them. */
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { Room } from "../../src/voice/room.ts";
import { failureOf } from "../support/failing.ts";
import { voice } from "../support/fixtures.ts";
import { ACCOUNT, playKeeper, WAV_KEY } from "../support/voices-under-way.ts";

const MIB = 1024 * 1024;
const SPEEX = voice("low-3s");
const WAV_BYTES = 44 + 3 * 32_000;
const MINUTE = voice("minute-60s");
const slowly = { chunkBytes: 1_000, pauseMs: 2 };

async function storeSource(bytes: Uint8Array): Promise<void> {
  const { read, settled } = playKeeper([bytes]);
  await read("speex");
  await settled();
}

describe("nothing is held any more", () => {
  it("when a reader who came later outlives the one who began", async () => {
    const { open, settled, room } = playKeeper([SPEEX], slowly);
    const first = await open("wav");
    const second = await open("wav");
    await first.body?.cancel();
    expect((await new Response(second.body).bytes()).length).toBe(WAV_BYTES);
    await settled();
    expect(room.heldBytes).toBe(0);
  });

  it("when both have gone before the end, and the source is stored all the same", async () => {
    const { open, settled, room } = playKeeper([SPEEX], slowly);
    const bodies = [await open("wav"), await open("pcm"), await open("speex"), await open("ogg")];
    expect(room.heldBytes).toBe(SPEEX.length + WAV_BYTES);
    for (const { body } of bodies) await body?.cancel();
    await settled();
    expect(room.heldBytes).toBe(0);
    expect((await env.VOICES.list()).objects).toHaveLength(1);
  });

  it("when the source fails, once readers have got what had come", async () => {
    let isBroken = false;
    const checkBytes = () => {
      if (isBroken) throw new Error("it broke off");
    };
    const { open, settled, room } = playKeeper([SPEEX], {
      ...slowly,
      limit: { checkBytes, checkFrames() {} },
    });
    const { body } = await open("wav");
    isBroken = true;
    await expect(new Response(body).bytes()).rejects.toThrow();
    await settled();
    expect(room.heldBytes).toBe(0);
  });

  it("when a reader takes a part, or nothing", async () => {
    await storeSource(SPEEX);
    const { read, open, settled, room } = playKeeper([]);
    await read("wav", { range: { first: 10, last: 5_000 } });
    await open("wav", { wants: "facts" });
    const unread = await open("pcm");
    await unread.body?.cancel();
    await settled();
    expect(room.heldBytes).toBe(0);
  });

  it("when the voice is deleted in the middle", async () => {
    const { open, voices, settled, room } = playKeeper([SPEEX], slowly);
    const { body } = await open("wav");
    await voices.remove(ACCOUNT, "voice-1");
    await new Response(body).bytes();
    await settled();
    expect(room.heldBytes).toBe(0);
  });

  it("after forty minutes for two players each, and the last one is stored as the first was", async () => {
    await storeSource(MINUTE);
    const { open, settled, room } = playKeeper([]);
    for (let i = 0; i < 40; i++) {
      await env.VOICES.delete(WAV_KEY);
      const [one, other] = [await open("wav"), await open("wav")];
      await other.body?.cancel();
      await new Response(one.body).arrayBuffer();
      await settled();
      expect(room.heldBytes).toBe(0);
      expect(await env.VOICES.head(WAV_KEY)).not.toBeNull();
    }
  });
});

describe("where there is no room", () => {
  it("for what is decoded, it is decoded for its reader, and stored by a later request", async () => {
    await storeSource(SPEEX);
    const full = new Room(new Map(), "test");
    const lease = full.take(24 * MIB - 1, "wav");
    const { read, settled } = playKeeper([], { room: full });
    const wav = await read("wav");
    expect(wav.bytes.length).toBe(WAV_BYTES);
    expect((await read("wav", { range: { first: 50_000, last: 60_000 } })).bytes).toEqual(
      wav.bytes.subarray(50_000, 60_001),
    );
    await settled();
    expect(await env.VOICES.head(WAV_KEY)).toBeNull();

    lease?.giveBack();
    expect((await read("wav")).bytes).toEqual(wav.bytes);
    await settled();
    expect((await env.VOICES.head(WAV_KEY))?.size).toBe(WAV_BYTES);
  });

  it("for what a job has decoded, it is stored all the same", async () => {
    const full = new Room(new Map(), "test");
    full.take(24 * MIB - 1, "wav");
    const { voices, settled } = playKeeper([SPEEX], { room: full });
    const name = { account: ACCOUNT, mediaId: "voice-1", recordedIn: "page" } as const;
    expect((await voices.keep(name, { wav: true })).stored).toEqual(["source", "wav"]);
    await settled();
    expect((await env.VOICES.head(WAV_KEY))?.size).toBe(WAV_BYTES);
  });

  it("for a source, the caller is asked to come again", async () => {
    const full = new Room(new Map(), "test");
    const lease = full.take(32 * MIB, "source");
    const { read, settled } = playKeeper([SPEEX, SPEEX], { room: full });
    expect(await failureOf(read("speex"))).toMatchObject({ code: "rate-limited", retryAfterSeconds: 5 });
    lease?.giveBack();
    expect((await read("speex")).bytes).toEqual(SPEEX);
    await settled();
    expect(full.heldBytes).toBe(0);
  });
});
