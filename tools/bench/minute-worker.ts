/// <reference path="../../src/audio/speex/wasm-module.d.ts" />
/** The decoder alone in workerd: decodes the minute it is bound to, once a request, and does nothing else. */
import { createDecoder } from "../../src/audio/speex/decoder.ts";
import module from "../../src/audio/speex/speex.wasm";

const PACKET_BYTES = 60;

export default {
  fetch(request: Request, { MINUTE }: { MINUTE: ArrayBuffer }): Response {
    if (new URL(request.url).pathname !== "/decode") return new Response("0");
    const bytes = new Uint8Array(MINUTE);
    const lengths = new Uint8Array(bytes.length / PACKET_BYTES).fill(PACKET_BYTES);
    let pcmBytes = 0;
    const decoder = createDecoder(module, { mode: "wideband", framesPerPacket: 1 });
    decoder.decode({ bytes, lengths }, (pcm) => {
      pcmBytes += pcm.length;
    });
    decoder.close();
    return new Response(String(pcmBytes));
  },
};
