/** The console's check of the URL: a GET with an echo that has to come back. */
import type { PushFault } from "./message.ts";
import { decryptFor, type PushReceiver } from "./receiver.ts";
import { isMessageSigned, isSigned, type PushClaim } from "./signature.ts";

export type EchoVerdict = { readonly kind: "echo"; readonly echo: string } | { readonly kind: PushFault };

/** WeChat's echoes are digits. A message has brackets, and is never given out, whoever asks for it. */
const ECHO_PATTERN = /^[A-Za-z0-9_+/=.-]{1,256}$/;

/** What to answer with. The caller has looked at the claim's age. */
export async function answerCheck(
  claim: PushClaim,
  echo: string,
  receivers: readonly PushReceiver[],
): Promise<EchoVerdict> {
  for (const receiver of receivers) {
    const verdict = await echoOf(claim, echo, receiver);
    if (verdict.kind === "echo" && !ECHO_PATTERN.test(verdict.echo)) return { kind: "unsigned" };
    if (verdict.kind !== "forged") return verdict;
  }
  return { kind: "forged" };
}

async function echoOf(claim: PushClaim, echo: string, receiver: PushReceiver): Promise<EchoVerdict> {
  const { token } = receiver.push;
  if (!receiver.encryptsEcho) {
    return (await isSigned(claim, token)) ? { kind: "echo", echo } : { kind: "forged" };
  }
  if (!(await isMessageSigned(claim, token, echo))) return { kind: "forged" };
  const opened = await decryptFor(receiver, echo);
  return typeof opened === "string" ? { kind: opened } : { kind: "echo", echo: opened.message };
}
