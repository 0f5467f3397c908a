/** Voices as a keeper holds them, put together by hand. */
import type { Outlook, SourceFacts } from "../../src/voice/facts.ts";
import { Inspector } from "../../src/voice/inspector.ts";
import { Room } from "../../src/voice/room.ts";
import { Source } from "../../src/voice/source.ts";

/** What is known of these bytes once all of them have been seen. The checksum is made up. */
export function factsOf(bytes: Uint8Array): SourceFacts {
  const inspector = new Inspector();
  inspector.look(bytes);
  const inspection = inspector.end(bytes);
  return { ...inspection, lengthBytes: bytes.length, contentType: "voice/speex", sha256: "", fetchedAtMs: 0 };
}

/** A source that is whole already. */
export function wholeSource(bytes: Uint8Array): Source {
  const source = new Source(new Room(new Map(), "test"), () => {});
  source.fill(bytes.slice(), factsOf(bytes));
  return source;
}

/** A source on its way. `come` brings more of it, `end` says that this was all. */
export function arrivingSource(bytes: Uint8Array) {
  const source = new Source(new Room(new Map(), "test"), () => {});
  const outlook: Outlook = factsOf(bytes);
  let position = 0;
  source.begin(0, bytes.length);
  return {
    source,
    outlook,
    come(count: number): void {
      source.append(bytes.subarray(position, position + count));
      position += count;
    },
    end(): void {
      source.inspector.end(source.bytes.arrived);
      source.complete(outlook);
    },
  };
}
