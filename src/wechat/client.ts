/** Asks WeChat for media on behalf of one account: token, attempts, hosts, and a refused token's second chance. */

import type { ServiceError } from "../errors.ts";
import { BUSY_ERRCODE, REFUSED_TOKEN_ERRCODES } from "./errcodes.ts";
import { toServiceError, type WechatError } from "./failure.ts";
import { isWechatError, type Media, openMedia } from "./media.ts";
import type { TokenProvider } from "./token/source.ts";
import { type Account, dialectOf, mediaQueryOf, tokenParameterOf } from "./token/sources/registry.ts";
import { request, type Transport, withRetries } from "./transport.ts";

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
   * message, which is mostly AMR. Fails with a ServiceError in every other case.
   */
  async getVoice(mediaId: string, recordedIn: RecordedIn): Promise<Media> {
    const path = PATHS[recordedIn];
    const parameter = tokenParameterOf(this.#account);
    if (parameter === null) return this.#orFail(await this.#getMedia(path, { media_id: mediaId }));

    const token = (await this.#tokens.get()).value;
    const answer = await this.#getMedia(path, { [parameter]: token, media_id: mediaId });
    if (!isWechatError(answer) || !REFUSED_TOKEN_ERRCODES.has(answer.errcode)) return this.#orFail(answer);

    const fresh = (await this.#tokens.rotate(token)).value;
    return this.#orFail(await this.#getMedia(path, { [parameter]: fresh, media_id: mediaId }));
  }

  async #getMedia(path: string, query: Readonly<Record<string, string>>): Promise<Media | WechatError> {
    const search = new URLSearchParams({ ...query, ...mediaQueryOf(this.#account) });
    return withRetries(this.#account.apiOrigins, this.#transport, async (origin) => {
      const response = await request(this.#transport, `${origin}${path}?${search}`, {
        // Compressed audio would hide its length from us.
        headers: { "accept-encoding": "identity" },
      });
      const answer = await openMedia(response, this.#transport.patience.stallTimeoutMs);
      if (isWechatError(answer) && answer.errcode === BUSY_ERRCODE) throw this.#failure(answer);
      return answer;
    });
  }

  #orFail(answer: Media | WechatError): Media {
    if (isWechatError(answer)) throw this.#failure(answer);
    return answer;
  }

  #failure(error: WechatError): ServiceError {
    return toServiceError(error, this.#transport.nowMs(), dialectOf(this.#account));
  }
}
