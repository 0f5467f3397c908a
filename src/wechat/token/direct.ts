/**
 * A keeper without an office: asks the source straight from the request. Right for sources that give everyone
 * the same token, as `stable_token` does.
 */
import type { AccessToken, TokenKeeper, TokenSource } from "./source.ts";

export function createDirectKeeper(source: TokenSource): TokenKeeper {
  return {
    renew: () => source.fetchToken("normal"),
    async replace(rejected: string): Promise<AccessToken> {
      const token = await source.fetchToken("normal");
      // WeChat itself still hands out the token that it refuses: only a forced refresh ends that. It allows
      // twenty a day, 30 s apart, and answers with the old token beyond.
      return token.value === rejected ? source.fetchToken("force") : token;
    },
  };
}
