/** Sixteen keepers an account: enough for all that WeChat's quotas allow, and few enough to be awake when they are wanted. */
const KEEPERS = 16;

/** Which of them a voice has. FNV-1a, 32 bits. */
export function keeperOf(mediaId: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < mediaId.length; i++) hash = Math.imul(hash ^ mediaId.charCodeAt(i), 0x01000193);
  return (hash >>> 0) % KEEPERS;
}
