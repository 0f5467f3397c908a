/** What `/_simulator/help` answers: everything the simulator can be told to do, for a person at a terminal. */
import { MANNERS } from "./manners.ts";
import { ODD_TEXTS } from "./odd-texts.ts";
import { SOUND_KINDS } from "./sounds/kinds.ts";

const SCOPE = [
  "mediaId, path, appId: only these calls",
  "times: so often; skip: after so many calls; every: each n-th call only",
  "of, where an answer is changed: recording, data, error, page or any",
];

/** `commands`: the names of control.ts, each with what it is for. */
export function describeManners(origin: string, commands: Readonly<Record<string, string>>): string {
  const manners = Object.values(MANNERS).flatMap(({ about, example }) => [
    `  ${about}`,
    `    ${toAscii(JSON.stringify(example))}`,
  ]);
  const width = Math.max(...Object.keys(commands).map((name) => name.length));
  return [
    "The ways to misbehave. They add up; `behave` ends them all:",
    `  curl ${origin}/_simulator/misbehave -d '{"kind":"errcode","errcode":-1,"times":1}'`,
    "",
    ...manners,
    "",
    "Any of them may say which calls it is for:",
    ...SCOPE.map((line) => `  ${line}`),
    "",
    "Sounds of other kinds, for `sounds` (kind); each is also there under its name as a media id:",
    ...Object.entries(SOUND_KINDS).map(([name, { about }]) => `  ${name.padEnd(26)}  ${about}`),
    "",
    "Odd texts for `push/message` (odd):",
    ...Object.entries(ODD_TEXTS).map(([name, { about }]) => `  ${name.padEnd(18)}  ${about}`),
    "",
    `All commands, under ${origin}/_simulator/:`,
    ...Object.entries(commands).map(([name, about]) => `  ${name.padEnd(width)}  ${about}`),
    "",
  ].join("\n");
}

/** A byte order mark would be lost on its way through a terminal. */
function toAscii(json: string): string {
  return json.replace(
    /[^ -~]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
