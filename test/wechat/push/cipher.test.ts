import { describe, expect, it } from "vitest";
import { decryptPush } from "../../../src/wechat/push/cipher.ts";
import { concatenate, utf8 } from "../../../tools/simulator/bytes.ts";
import { encrypt } from "../../../tools/simulator/push-cipher.ts";
import { APP_ID, ENCRYPTED, KEY, MESSAGE, REPLY } from "./vectors.ts";

describe("the cipher", () => {
  it.each([
    ["message", ENCRYPTED, MESSAGE],
    ["reply", REPLY.encrypted, REPLY.message],
  ])("opens the %s of WeChat's own page", async (_, encrypted, message) => {
    expect(await decryptPush(encrypted, KEY)).toEqual({ message, appId: APP_ID });
  });

  it("opens every length of padding", async () => {
    for (let length = 0; length < 70; length++) {
      const message = "é".repeat(length);
      const encrypted = await encrypt(utf8(message), APP_ID, KEY);
      expect(await decryptPush(encrypted, KEY)).toEqual({ message, appId: APP_ID });
    }
  });

  it("opens what is cut inside of a character, and loses nothing else", async () => {
    const cut = concatenate([utf8("<a>"), new Uint8Array([0xe4, 0xbd]), utf8("</a>")]);
    const opened = await decryptPush(await encrypt(cut, APP_ID, KEY), KEY);
    expect(opened).toEqual({ message: "<a>\ufffd</a>", appId: APP_ID });
  });

  it.each([
    ["another key", ENCRYPTED, "B".repeat(43)],
    ["a cut text", ENCRYPTED.slice(0, 64), KEY],
    ["what is no base64", "%%%", KEY],
    ["nothing", "", KEY],
    ["half a block", "QUJD", KEY],
  ])("gives nothing for %s", async (_, encrypted, key) => {
    expect(await decryptPush(encrypted, key)).toBeNull();
  });
});
