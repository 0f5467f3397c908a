import type { PushSettings } from "../../schema.ts";
import { decryptPush, type Opened } from "./cipher.ts";

/** Whose push it may be: an account or a platform, and what is set in its console. */
export interface PushReceiver {
  /** As it stands inside of what is encrypted. */
  readonly appId: string;
  readonly push: PushSettings;
  /** WeCom encrypts the echo of its URL check; nobody else does. */
  readonly encryptsEcho: boolean;
}

/** Decrypts with the key in use, else with the one before it: WeChat goes on using that for a while after a change. */
export async function decryptFor(
  { appId, push }: PushReceiver,
  encrypted: string,
): Promise<Opened | "undecipherable" | "misaddressed"> {
  let fault: "undecipherable" | "misaddressed" = "undecipherable";
  for (const key of [push.encodingAesKey, push.previousEncodingAesKey]) {
    const opened = key === undefined ? null : await decryptPush(encrypted, key);
    if (opened?.appId === appId) return opened;
    if (opened) fault = "misaddressed";
  }
  return fault;
}
