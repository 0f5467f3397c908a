/**
 * A file that comes in chunks, read by a generator that asks for what it needs next: to see some bytes, to pass over some, or to
 * walk over frames of which each says how long it is. No more of the file is held than what is to be seen at once.
 */

/** Takes bytes until it has what was asked for. */
interface Wish {
  /** What it wants of the bytes from the offset on is taken; returns the offset behind that. */
  take(chunk: Uint8Array, offset: number): number;
  isFulfilled(): boolean;
}

/** Ends with a duration in seconds, or with null where the file doesn't tell. It must end when the file has. */
export type Reading = Generator<Wish, number | null, void>;

/** So many bytes; fewer where the file ends. */
export function* see(lengthBytes: number): Generator<Wish, Uint8Array, void> {
  const seen = new Uint8Array(lengthBytes);
  let filled = 0;
  yield {
    take(chunk, offset) {
      const part = chunk.subarray(offset, offset + lengthBytes - filled);
      seen.set(part, filled);
      filled += part.length;
      return offset + part.length;
    },
    isFulfilled: () => filled === lengthBytes,
  };
  return seen.subarray(0, filled);
}

/** Returns how many bytes there were to pass over. */
export function* skip(lengthBytes: number): Generator<Wish, number, void> {
  let left = lengthBytes;
  yield {
    take(chunk, offset) {
      const part = Math.min(left, chunk.length - offset);
      left -= part;
      return offset + part;
    },
    isFulfilled: () => left === 0,
  };
  return lengthBytes - left;
}

/** Of the frame whose header lies at `at`: its length in bytes, header and all. 0: there is no frame, and the walk ends. */
export type MeasureFrame = (bytes: Uint8Array, at: number) => number;

export interface Walked {
  /** Whole frames. */
  readonly frameCount: number;
  /** Whether the file ends within a frame. */
  readonly isCutOff: boolean;
}

/** Frame by frame, a thousand of them in a fraction of a millisecond. */
export function* walk(headerBytes: number, measure: MeasureFrame): Generator<Wish, Walked, void> {
  const header = new Uint8Array(headerBytes);
  let filled = 0;
  /** Bytes of the present frame that are still to come. */
  let left = 0;
  let frameCount = 0;
  let hasEnded = false;

  function begin(lengthBytes: number): void {
    hasEnded = lengthBytes < headerBytes;
    left = lengthBytes - headerBytes;
    if (left === 0) frameCount++;
  }

  yield {
    take(chunk, start) {
      let offset = start;
      while (offset < chunk.length && !hasEnded) {
        if (left > 0) {
          const part = Math.min(left, chunk.length - offset);
          left -= part;
          offset += part;
          if (left === 0) frameCount++;
        } else if (filled === 0 && chunk.length - offset >= headerBytes) {
          begin(measure(chunk, offset));
          offset += headerBytes;
        } else {
          const part = chunk.subarray(offset, offset + headerBytes - filled);
          header.set(part, filled);
          filled += part.length;
          offset += part.length;
          if (filled < headerBytes) break;
          filled = 0;
          begin(measure(header, 0));
        }
      }
      return offset;
    },
    isFulfilled: () => hasEnded,
  };
  return { frameCount, isCutOff: left > 0 };
}

export interface DurationMeter {
  /** The file's next bytes, from its first one on. */
  write(chunk: Uint8Array): void;
  /** In seconds; null where the file doesn't tell. Of a file that is cut off, what there is of it. */
  end(): number | null;
}

/** So often may a reading ask. No file of an hour has so many parts; some files are made to keep their reader busy. */
const MAX_WISHES = 20_000;

export function createMeter(reading: Reading): DurationMeter {
  let step = reading.next();
  let wishCount = 1;

  function next(): void {
    step = wishCount++ < MAX_WISHES ? reading.next() : reading.return(null);
  }

  return {
    write(chunk) {
      let offset = 0;
      while (!step.done) {
        if (step.value.isFulfilled()) next();
        else if (offset < chunk.length) offset = step.value.take(chunk, offset);
        else return;
      }
    },

    end() {
      while (!step.done) next();
      return step.value;
    },
  };
}

export function fieldsOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
