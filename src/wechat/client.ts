/** Asks WeChat for media on behalf of one account: token, attempts, hosts, and a refused token's second chance. */

import type { ServiceError } from "../errors.ts";
import { BUSY_ERRCODE, REFUSED_TOKEN_ERRCODES } from "./errcodes.ts";
import { toServiceError, type WechatError } from "./failure.ts";
import { isWechatError, type Media, openMedia } from "./media.ts";
import { type Account, dialectOf, mediaQueryOf, tokenParameterOf } from "./token/registry.ts";
import type { TokenProvider } from "./token/source.ts";
import { request, type Transport, withRetries } from "./transport.ts";

const JSSDK_PATH = "/cgi-bin/media/get/jssdk";
const MESSAGE_PATH = "/cgi-bin/media/get";

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
   * getHDVoice: the voice that wx.uploadVoice has stored under this media id (serverId), as WeChat sends it.
   * Fails with a ServiceError in every other case.
   */
  getHdVoice(mediaId: string): Promise<Media> {
    return this.#download(JSSDK_PATH, mediaId);
  }

  /** The voice message that a follower has sent, as WeChat sends it: often AMR. Fails as getHdVoice does. */
  getMedia(mediaId: string): Promise<Media> {
    return this.#download(MESSAGE_PATH, mediaId);
  }

  async #download(path: string, mediaId: string): Promise<Media> {
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
