/**
 * The conformance vectors: which streams the reference encoder makes, and how they are to be decoded.
 * test/fixtures/speex/{name}.packets is the stream, {name}.s16le what the reference decoder made of it.
 */
export interface Vector {
  readonly name: string;
  /** What it is decoded as. */
  readonly mode: "wideband" | "narrowband";
  /** What it was encoded as: a narrowband decoder skips the high band of a wideband stream. */
  readonly encodedAs: "wideband" | "narrowband";
  /** The arguments of reference.c's encoder. */
  readonly script: string;
  /** `speech` runs without a break, `pauses` has silence in it. */
  readonly source: "speech" | "pauses";
  readonly framesPerPacket: number;
  readonly enhance: boolean;
}

type Mode = Vector["mode"];

function vector(mode: Mode, name: string, script: string, more: Partial<Vector> = {}): Vector {
  return {
    name: `${mode === "wideband" ? "wb" : "nb"}-${name}`,
    mode,
    encodedAs: mode,
    script,
    source: "speech",
    framesPerPacket: 1,
    enhance: true,
    ...more,
  };
}

function qualities(mode: Mode): Vector[] {
  return Array.from({ length: 11 }, (_, quality) => vector(mode, `q${quality}`, `quality=${quality}`));
}

function situations(mode: Mode): Vector[] {
  return [
    vector(mode, "vbr", "vbr=6", { source: "pauses" }),
    vector(mode, "vad", "quality=6,vad", { source: "pauses" }),
    vector(mode, "dtx", "quality=6,vad,dtx", { source: "pauses" }),
    vector(mode, "dtx-unsent", "quality=5,vad,dtx,silent", { source: "pauses" }),
    vector(mode, "loss-5", "quality=7,loss=5,seed=3"),
    vector(mode, "loss-30", "quality=7,loss=30,seed=5"),
    vector(mode, "loss-30-low", "quality=3,loss=30,seed=7"),
    vector(mode, "loss-bursts", "quality=5,burst"),
    vector(mode, "messages", "quality=7,messages"),
    vector(mode, "switch", "switch"),
    vector(mode, "packets-of-3", "quality=5,frames=3,terminator,loss=10", { framesPerPacket: 3 }),
    vector(mode, "plain", "quality=7", { enhance: false }),
  ];
}

export const VECTORS: readonly Vector[] = [
  ...qualities("wideband"),
  ...situations("wideband"),
  // What WeChat sends is quality 7: 60 bytes a frame.
  vector("wideband", "q7-pauses", "quality=7", { source: "pauses" }),
  vector("wideband", "of-narrowband", "quality=6,frames=2,loss=5", {
    encodedAs: "narrowband",
    framesPerPacket: 2,
  }),
  ...qualities("narrowband"),
  ...situations("narrowband"),
  vector("narrowband", "of-wideband", "quality=8,frames=2", { encodedAs: "wideband", framesPerPacket: 2 }),
];
