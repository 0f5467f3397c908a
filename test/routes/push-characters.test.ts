/**
 * WeChat puts what followers type or say into a push as it is. Whatever that is, in whatever mode and format, for whomever:
 * WeChat hears success, and the voice is fetched.
 */
import { beforeEach, describe, expect, it } from "vitest";
import { ODD_TEXTS } from "../../tools/simulator/odd-texts.ts";
import type { PushStyle } from "../../tools/simulator/push-request.ts";
import { storedKeys, wechat } from "../support/gateway.ts";
import { authorize } from "../support/platform.ts";
import {
  AUTHORIZED,
  createPush,
  jobMediaIds,
  MSG_ID,
  type PushParty,
  send,
  TOKEN_ONLY,
  voiceFields,
  WITH_KEY,
} from "../support/pushes.ts";
import { until } from "../support/until.ts";

const AMR = new TextEncoder().encode(`#!AMR\n${"<".repeat(32 * 50)}`);

/** The stand-in's bytes are put into JSON as they are; these, which are text, are escaped there as JSON wants it. */
const CHARACTERS: Readonly<Record<string, string | Uint8Array>> = {
  ...Object.fromEntries(Object.values(ODD_TEXTS).map(({ about, bytes }) => [about, bytes])),
  "every control character": String.fromCharCode(
    ...Array.from({ length: 32 }, (_, code) => code),
    0x7f,
    0x85,
  ),
  "the end of the field": "a]]></Recognition>b",
  "the end of the document": "a]]></xml>",
  "the end of a section and a tag": "a]]><b",
  "the end of a section and a comment": "a]]><!-- b",
  "the end of a section and another section": "a]]><![CDATA[b",
  "an envelope": '<Encrypt><![CDATA[AAAA]]></Encrypt>","Encrypt":"AAAA","',
  "quotes, backslashes and a field": '"\\" \\u12 ","MsgType":"text","',
};

const WAYS: readonly (readonly [string, PushParty, PushStyle["mode"]])[] = [
  ["an account with a key", WITH_KEY, "safe"],
  ["an account with a key", WITH_KEY, "compatible"],
  ["an account with a Token only", TOKEN_ONLY, "plain"],
  ["an account with a Token only", TOKEN_ONLY, "compatible"],
  ["an account that has authorised a platform", AUTHORIZED, "safe"],
  ["an account that has authorised a platform", AUTHORIZED, "compatible"],
];
const FORMATS: readonly PushStyle["format"][] = ["xml", "json"];
const BLANKS = [
  ["no blanks", ""],
  ["blanks round what is encrypted", "\r\n "],
] as const;
const TABLE = WAYS.flatMap(([name, party, mode]) =>
  FORMATS.flatMap((format) =>
    BLANKS.map(([around, blanks]) => ({ name, party, mode, format, around, blanks })),
  ),
);

beforeEach(() => authorize(AUTHORIZED.appId));

describe.each(TABLE)("a voice for $name, $mode mode, $format, $around", ({ party, mode, format, blanks }) => {
  it("is fetched, whatever characters come with it", async () => {
    const { appId } = party;
    const ids = Object.keys(CHARACTERS).map((_, index) => `voice-${index}`);
    for (const id of ids) wechat.addRecording(appId, id, AMR, { endpoint: "media" });

    const answers = await Promise.all(
      Object.entries(CHARACTERS).map(async ([name, said], index) => {
        const changes = { MsgId: MSG_ID + BigInt(index), Recognition: said };
        const push = await createPush(party, voiceFields(ids[index] ?? "", changes), {
          mode,
          format,
          blanks,
        });
        return [name, await send(push)];
      }),
    );

    expect(answers.filter(([, answer]) => answer !== "200 success")).toEqual([]);
    expect((await jobMediaIds(appId)).sort()).toEqual([...ids].sort());
    // The account with a Token only has no access token here.
    if (party === TOKEN_ONLY) return;
    await until(async () => expect(await storedKeys("voice/")).toHaveLength(ids.length));
  });
});
