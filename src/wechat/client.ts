/** Asks WeChat for media on behalf of one account: token, attempts, hosts, and a refused token's second chance. */
import type { Account } from "../config-schema.ts";
import { BUSY_ERRCODE, REFUSED_TOKEN_ERRCODES } from "./errcodes.ts";
import { toServiceError } from "./failure.ts";
import { isWechatError, type Media, openMedia } from "./media.ts";
import type { TokenProvider } from "./token/source.ts";
import { request, type Transport, withRetries } from "./transport.ts";

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
    return this.#download("/cgi-bin/media/get/jssdk", mediaId);
  }

  /** The voice message that a follower has sent, as WeChat sends it: often AMR. Fails as getHdVoice does. */
  getMedia(mediaId: string): Promise<Media> {
    return this.#download("/cgi-bin/media/get", mediaId);
  }

  async #download(path: string, mediaId: string): Promise<Media> {
    const token = await this.#tokens.get();
    const answer = await this.#getMedia(path, mediaId, token);
    if (!isWechatError(answer)) return answer;
    if (!REFUSED_TOKEN_ERRCODES.has(answer.errcode)) throw toServiceError(answer, this.#transport.nowMs());

    const fresh = await this.#tokens.rotate(token);
    const second = await this.#getMedia(path, mediaId, fresh);
    if (isWechatError(second)) throw toServiceError(second, this.#transport.nowMs());
    return second;
  }

  async #getMedia(path: string, mediaId: string, token: string) {
    const query = new URLSearchParams({ access_token: token, media_id: mediaId });
    return withRetries(this.#account.apiOrigins, this.#transport, async (origin) => {
      const response = await request(this.#transport, `${origin}${path}?${query}`, {
        // Compressed audio would hide its length from us.
        headers: { "accept-encoding": "identity" },
      });
      const answer = await openMedia(response, this.#transport.patience.stallTimeoutMs);
      if (isWechatError(answer) && answer.errcode === BUSY_ERRCODE) {
        throw toServiceError(answer, this.#transport.nowMs());
      }
      return answer;
    });
  }
}
