/** A page's signature as WeChat checks it, put together another way than ours. */
export async function signatureOf(
  ticket: string | null,
  { nonceStr, timestamp }: { nonceStr: string; timestamp: number },
  url: string,
): Promise<string> {
  const fields = [`url=${url}`, `timestamp=${timestamp}`, `noncestr=${nonceStr}`, `jsapi_ticket=${ticket}`];
  const text = new TextEncoder().encode(fields.sort().join("&"));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-1", text));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
