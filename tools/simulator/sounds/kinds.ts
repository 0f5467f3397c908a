/**
 * What may be behind a media id beside a voice of getHDVoice: each kind with the Content-Type that it is sent under, and
 * made in code, with right headers and right lengths. The sound is silence or noise.
 */
import { concatenate } from "../bytes.ts";
import { tag } from "../tags.ts";
import { amr, amrWideband } from "./amr.ts";
import { mp3 } from "./mp3.ts";
import { oggOpus, oggSpeex } from "./ogg.ts";
import { riffPcm, riffSpeex } from "./riff.ts";
import { silk } from "./silk.ts";
import { speexPackets } from "./speex.ts";

export interface SoundKind {
  readonly about: string;
  readonly contentType: string;
  make(seconds: number): Uint8Array<ArrayBuffer>;
}

/** 160 and 320 samples a frame, whatever the rate. */
const framesAt = (seconds: number, rateHz: number, samples: number) =>
  Math.round((seconds * rateHz) / samples);

function speexInOgg(rateHz: number, framesPerPacket = 1): SoundKind {
  const band = rateHz < 12_500 ? "narrowband" : "wideband";
  const samples = band === "narrowband" ? 160 : 320;
  const many = framesPerPacket > 1 ? `, ${framesPerPacket} frames a packet` : "";
  return {
    about: `Speex in Ogg, ${band}, ${rateHz} Hz${many}`,
    contentType: "audio/ogg",
    make: (seconds) => oggSpeex(band, rateHz, framesAt(seconds, rateHz, samples), framesPerPacket),
  };
}

export const SOUND_KINDS = {
  speex: {
    about: "bare frames of 60 bytes, as getHDVoice gives them",
    contentType: "voice/speex",
    make: (seconds) =>
      concatenate(speexPackets("wideband", Math.round(seconds * 50)).map(({ bytes }) => bytes)),
  },
  amr: { about: "AMR at 12.2 kbit/s", contentType: "voice/amr", make: (seconds) => amr(seconds) },
  "amr-modes": {
    about: "AMR, another mode in each frame, comfort noise and empty frames too",
    contentType: "voice/amr",
    make: (seconds) => amr(seconds, "every"),
  },
  "amr-wb": {
    about: "AMR-WB at 12.65 kbit/s",
    contentType: "voice/amr",
    make: (seconds) => amrWideband(seconds),
  },
  "amr-wb-modes": {
    about: "AMR-WB, another mode in each frame",
    contentType: "voice/amr",
    make: (seconds) => amrWideband(seconds, "every"),
  },
  silk: {
    about: "SILK as Skype's SDK writes it",
    contentType: "voice/silk",
    make: (seconds) => silk(seconds, "sdk"),
  },
  "silk-wechat": {
    about: "SILK as WeChat writes it: 0x02 in front, no end mark",
    contentType: "voice/silk",
    make: (seconds) => silk(seconds, "wechat"),
  },
  mp3: { about: "MP3, 16 kHz", contentType: "audio/mp3", make: mp3 },
  "mp3-id3": {
    about: "MP3 behind an ID3v2 tag",
    contentType: "audio/mp3",
    make: (seconds) => tag(mp3(seconds), "id3v2"),
  },
  opus: { about: "Opus in Ogg", contentType: "audio/ogg", make: oggOpus },
  wav: { about: "RIFF WAVE, 16-bit samples at 16 kHz", contentType: "audio/wav", make: riffPcm },
  "riff-speex": {
    about: "Speex inside RIFF WAVE (format tag 0xA109)",
    contentType: "audio/wav",
    make: (seconds) => riffSpeex(Math.round(seconds * 50)),
  },
  "ogg-speex-8000": speexInOgg(8_000),
  "ogg-speex-11025": speexInOgg(11_025),
  "ogg-speex-16000": speexInOgg(16_000),
  "ogg-speex-22050": speexInOgg(22_050),
  "ogg-speex-32000": speexInOgg(32_000),
  "ogg-speex-44100": speexInOgg(44_100),
  "ogg-speex-48000": speexInOgg(48_000),
  "ogg-speex-3-a-packet": speexInOgg(16_000, 3),
  "ogg-speex-8000-4-a-packet": speexInOgg(8_000, 4),
} as const satisfies Record<string, SoundKind>;

export type SoundKindName = keyof typeof SOUND_KINDS;
