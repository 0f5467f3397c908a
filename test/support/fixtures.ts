/**
 * The recorded files of test/fixtures, as bytes. There is no file system in workerd: Vite inlines each file as a
 * `data:` URL (`?url&inline`) when it transforms this module, so a new file in the folder is there at the next run.
 */

declare global {
  interface ImportMeta {
    /** Vite's: every file that matches, by its path. Replaced by an object literal before the code runs. */
    glob<T>(pattern: string, options: { query: string; import: "default"; eager: true }): Record<string, T>;
  }
}

const VOICES = import.meta.glob<string>("../fixtures/voices/*.speex", {
  query: "?url&inline",
  import: "default",
  eager: true,
});

const OGG_FILES = import.meta.glob<string>("../fixtures/ogg/*.ogg", {
  query: "?url&inline",
  import: "default",
  eager: true,
});

const OTHER_FILES = import.meta.glob<string>("../fixtures/others/*", {
  query: "?url&inline",
  import: "default",
  eager: true,
});

/** Names of all voices: `english-8s` and so on (test/fixtures/README.md). */
export const voiceNames: readonly string[] = Object.keys(VOICES).map((path) =>
  path.replace(/^.*\/|\.speex$/g, ""),
);

/** A fresh copy of a voice in WeChat's framing. */
export function voice(name: string): Uint8Array {
  const url = VOICES[`../fixtures/voices/${name}.speex`];
  if (url === undefined) throw new Error(`no voice ${name}; there are ${voiceNames.join(", ")}`);
  return bytesOf(url);
}

/** A fresh copy of a file that isn't Speex alone, by its whole name: `voice.amr`. */
export function otherFile(name: string): Uint8Array {
  const url = OTHER_FILES[`../fixtures/others/${name}`];
  if (url === undefined) throw new Error(`no ${name}; there are ${Object.keys(OTHER_FILES).join(", ")}`);
  return bytesOf(url);
}

/** A fresh copy of an Ogg file that others have made. */
export function oggFile(name: string): Uint8Array {
  const url = OGG_FILES[`../fixtures/ogg/${name}.ogg`];
  if (url === undefined)
    throw new Error(`no Ogg file ${name}; there are ${Object.keys(OGG_FILES).join(", ")}`);
  return bytesOf(url);
}

function bytesOf(dataUrl: string): Uint8Array {
  return Uint8Array.from(atob(dataUrl.slice(dataUrl.indexOf(",") + 1)), (character) =>
    character.charCodeAt(0),
  );
}
