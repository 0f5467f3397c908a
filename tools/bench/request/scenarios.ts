/**
 * What is measured: whole requests, of a voice of some length. What has to be there before is made by `prepare`, with a
 * side that need not be the one that is measured: a new isolate's first request is prepared by a warm one.
 */
import { type Form, type Side, storedVoice, whole } from "./sides.ts";
import type { Arrival, World } from "./world.ts";

export interface Prepared {
  run(side: Side): Promise<unknown>;
  /** Afterwards this voice may be removed; null where it is used again. */
  readonly mediaId: string | null;
}

export interface Scenario {
  readonly name: string;
  prepare(side: Side, world: World): Promise<Prepared>;
}

/** All that is measured of a minute of voice. */
export function wholeRequests(): Scenario[] {
  return [
    hit("speex"),
    hit("wav"),
    notModified(),
    part(),
    miss("speex", "at once"),
    miss("speex", "in packets"),
    miss("wav", "at once"),
    miss("wav", "in packets"),
    storedSource(),
    jobItem(),
  ];
}

export function hit(form: Form, seconds = 60): Scenario {
  const stored = keptVoice(form, seconds);
  return {
    name: `hit .${form}`,
    async prepare(side, world) {
      const mediaId = await stored(side, world);
      return { mediaId: null, run: (measured) => measured.get(mediaId, form, whole(form, seconds)) };
    },
  };
}

function notModified(): Scenario {
  const stored = keptVoice("wav", 60);
  return {
    name: "304 of a stored .wav",
    async prepare(side, world) {
      const mediaId = await stored(side, world);
      const { headers } = await side.get(mediaId, "wav", whole("wav", 60));
      const condition = { "if-none-match": String(headers.etag) };
      return {
        mediaId: null,
        run: (measured) => measured.get(mediaId, "wav", { status: 304, lengthBytes: 0 }, condition),
      };
    },
  };
}

/** Ten seconds out of the middle. */
function part(): Scenario {
  const stored = keptVoice("wav", 60);
  const firstByte = 44 + 30 * 32_000;
  const lengthBytes = 10 * 32_000;
  return {
    name: "206 of a stored .wav",
    async prepare(side, world) {
      const mediaId = await stored(side, world);
      const range = { range: `bytes=${firstByte}-${firstByte + lengthBytes - 1}` };
      return {
        mediaId: null,
        run: (measured) => measured.get(mediaId, "wav", { status: 206, lengthBytes }, range),
      };
    },
  };
}

export function miss(form: Form, arrival: Arrival, seconds = 60): Scenario {
  return {
    name: `miss → .${form}, ${arrival}`,
    async prepare(_, world) {
      const mediaId = world.addVoice(seconds, arrival);
      return { mediaId, run: (measured) => measured.get(mediaId, form, whole(form, seconds)) };
    },
  };
}

export function storedSource(seconds = 60): Scenario {
  return {
    name: "stored source → .wav",
    async prepare(side, world) {
      const mediaId = world.addVoice(seconds, "at once");
      await side.get(mediaId, "speex", whole("speex", seconds));
      return { mediaId, run: (measured) => measured.get(mediaId, "wav", whole("wav", seconds)) };
    },
  };
}

function jobItem(): Scenario {
  return {
    name: "job item, wav",
    async prepare(side, world) {
      const mediaId = world.addVoice(60, "at once");
      const message = await side.message(mediaId);
      return {
        mediaId,
        async run(measured) {
          await measured.deliver(message);
          if (!world.isStored(mediaId, "/source", "/wav")) throw new Error("The job stored nothing.");
        },
      };
    },
  };
}

/** One stored voice a side, made when it is first asked for. */
function keptVoice(form: Form, seconds: number): (side: Side, world: World) => Promise<string> {
  const mediaIds = new Map<Side, string>();
  return async (side, world) => {
    const known = mediaIds.get(side);
    if (known !== undefined) return known;
    const mediaId = await storedVoice(side, world, form, seconds);
    mediaIds.set(side, mediaId);
    return mediaId;
  };
}
