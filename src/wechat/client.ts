/** Asks WeChat for media on behalf of one account: token, attempts, hosts, and a second attempt after a refused token. */

import type { ServiceError } from "../errors.ts";
import type { Deadline } from "./deadline.ts";
import { BUSY_ERRCODE, REFUSED_TOKEN_ERRCODES } from "./errcodes.ts";
import { toServiceError, type WechatError } from "./failure.ts";
import { isWechatError, type Media, openMedia } from "./media.ts";
import type { TokenProvider } from "./token/source.ts";
import { type Account, dialectOf, mediaQueryOf, tokenParameterOf } from "./token/sources/registry.ts";
import { exchange, type Transport, unavailable, withRetries } from "./transport.ts";

/** Where a voice was recorded: by a page's wx.startRecord, which getHDVoice gives, or by a follower in the chat (media/get). */
export type RecordedIn = "page" | "chat";
export const PLACES: readonly RecordedIn[] = ["page", "chat"];
const PATHS: Readonly<Record<RecordedIn, string>> = {
  page: "/cgi-bin/media/get/jssdk",
  chat: "/cgi-bin/media/get",
};

export class WechatClient {
  readonly #account: Account;
  readonly #tokens: TokenProvider;
  readonly #transport: Transport;

  constructor(account: Account, tokens: TokenProvider, transport: Transport) {
    this.#account = account;
    this.#tokens = tokens;
    this.#transport = transport;
  }

  /**
   * The voice under this media id, as WeChat sends it: one that wx.uploadVoice has stored (its serverId), or a follower's
   * message, which is mostly AMR. Fails with a ServiceError in every other case, and when the deadline is over.
   */
  async getVoice(mediaId: string, recordedIn: RecordedIn, deadline: Deadline): Promise<Media> {
    const ask = (token: string | null) => this.#ask(mediaId, recordedIn, token, deadline);
    if (tokenParameterOf(this.#account) === null) return this.#orFail(await ask(null), null);

    const first = (await deadline.waitFor(this.#tokens.get(), noToken)).value;
    const answer = await ask(first);
    if (!isWechatError(answer) || !REFUSED_TOKEN_ERRCODES.has(answer.errcode)) {
      return this.#orFail(answer, first);
    }
    const second = (await deadline.waitFor(this.#tokens.rotate(first), noToken)).value;
    return this.#orFail(await ask(second), second);
  }

  #ask(
    mediaId: string,
    recordedIn: RecordedIn,
    token: string | null,
    deadline: Deadline,
  ): Promise<Media | WechatError> {
    const parameter = tokenParameterOf(this.#account);
    const search = new URLSearchParams({
      ...(parameter === null || token === null ? {} : { [parameter]: token }),
      media_id: mediaId,
      ...mediaQueryOf(this.#account),
    });
    // Compressed audio would hide its length from us.
    const init = { headers: { "accept-encoding": "identity" } };
    return withRetries(this.#account.apiOrigins, this.#transport, deadline, (origin) => {
      const url = `${origin}${PATHS[recordedIn]}?${search}`;
      return exchange(this.#transport, deadline, url, init, async (response) => {
        const answer = await openMedia(response, deadline, this.#transport.patience.stallTimeoutMs);
        if (isWechatError(answer) && answer.errcode === BUSY_ERRCODE) throw this.#failure(answer, token);
        return answer;
      });
    });
  }

  #orFail(answer: Media | WechatError, token: string | null): Media {
    if (isWechatError(answer)) throw this.#failure(answer, token);
    return answer;
  }

  #failure(error: WechatError, token: string | null): ServiceError {
    return toServiceError(error, {
      nowMs: this.#transport.nowMs(),
      dialect: dialectOf(this.#account),
      secrets: token === null ? [] : [token],
    });
  }
}

function noToken(): ServiceError {
  return unavailable("There was no access token in time.");
}
