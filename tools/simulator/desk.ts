/** Who answers: WeChat's Official Accounts or WeCom. Each has its own paths and its own way to refuse. */
import type { Answer } from "./answer.ts";
import type { LimitErrcodes } from "./call-limits.ts";
import type { Endpoint } from "./endpoint.ts";
import type { WechatError } from "./errors.ts";
import type { IncomingCall } from "./incoming-call.ts";

export interface Desk {
  readonly endpoints: Readonly<Record<string, Endpoint>>;
  /** The Content-Type of its JSON. */
  readonly jsonType: string;
  readonly limits: LimitErrcodes;
  refuse(error: WechatError, call: IncomingCall): Answer;
}
