/**
 * The signature of a page, by which WeChat knows that the account's owner lets it use the JS-SDK: SHA-1, in hex, over four
 * fields in the order of their names, their values as they are.
 * https://developers.weixin.qq.com/doc/service/guide/h5/jssdk.html, appendix 1
 */

export interface SignedFields {
  readonly ticket: string;
  readonly nonceStr: string;
  /** In seconds. */
  readonly timestamp: number;
  /** As the page's `location.href` has it; what begins with `#` is left out. */
  readonly url: string;
}

export async function signPage({ ticket, nonceStr, timestamp, url }: SignedFields): Promise<string> {
  const [signedUrl] = url.split("#", 1);
  const text = `jsapi_ticket=${ticket}&noncestr=${nonceStr}&timestamp=${timestamp}&url=${signedUrl}`;
  const digest = await crypto.subtle.digest("SHA-1", new TextEncoder().encode(text));
  return new Uint8Array(digest).toHex();
}
