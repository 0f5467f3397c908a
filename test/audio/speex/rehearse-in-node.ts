/** A fresh process for rehearsal.test.ts: rehearses, then lives for V8 to compile, until it is killed or nobody did. */
import { rehearseDecoder } from "../../../src/audio/speex/rehearsal.ts";
import { loadSpeexModule } from "../../../tools/speex-module.ts";

rehearseDecoder(loadSpeexModule());
setTimeout(() => {}, 20_000);
