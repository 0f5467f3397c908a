/** Compiles the Speex decoder, src/audio/speex/wasm → src/audio/speex/speex.wasm. */
import { existsSync } from "node:fs";

const ENTRY = "src/audio/speex/wasm/index.ts";
if (!existsSync(ENTRY)) process.exit(0);
