/**
 * Downloads: /cgi-bin/media/get/jssdk (getHDVoice) and /cgi-bin/media/get.
 * WeChat would transcode a page's recording to AMR for /media/get; the simulator only gives what it was given.
 * https://developers.weixin.qq.com/doc/service/api/material/temporary/api_gethdvoice
 */
import { type Answer, createAnswer } from "./answer.ts";
import { accountByToken, type Endpoint } from "./endpoint.ts";
import { WechatError } from "./errors.ts";
import type { Recording, RecordingEndpoint } from "./recordings.ts";

export const MEDIA_ENDPOINTS: Readonly<Record<string, Endpoint>> = {
  "/cgi-bin/media/get/jssdk": createDownload("jssdk"),
  "/cgi-bin/media/get": createDownload("media"),
};

function createDownload(endpoint: RecordingEndpoint): Endpoint {
  return (call, world) => {
    if (call.method !== "GET" && call.method !== "POST") throw new WechatError(43001);
    const account = accountByToken(call, world);
    if (call.accessToken) world.platforms.checkMediaGrant(call.accessToken);
    if (account.condition === "unverified") throw new WechatError(48001);
    if (!call.mediaId) throw new WechatError(41006);
    // Whether the two downloads share one counter isn't documented. One counter is the stricter reading.
    if (account.quotas.media.take(call.nowMs) === "spent") throw new WechatError(45009);

    const recording = world.recordings.find(account.appId, call.mediaId, endpoint, call.nowMs);
    if (!recording) throw new WechatError(40007);
    return recordingAnswer(recording);
  };
}

export function recordingAnswer({ mediaId, bytes, contentType }: Recording): Answer {
  const headers = {
    connection: "close",
    ...(contentType === null ? {} : { "content-type": contentType }),
    "content-disposition": `attachment; filename="${mediaId}.${extension(contentType)}"`,
    "cache-control": "no-cache, must-revalidate",
  };
  return createAnswer("recording", headers, bytes);
}

function extension(contentType: string | null): string {
  if (contentType?.includes("speex")) return "speex";
  if (contentType?.includes("amr")) return "amr";
  if (contentType?.includes("mp3")) return "mp3";
  return "bin";
}
