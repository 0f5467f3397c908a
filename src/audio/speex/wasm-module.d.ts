/** The compiled decoder, as Workers import it. Made by `npm run build`, not committed. */
declare module "*/speex.wasm" {
  const module: WebAssembly.Module;
  export default module;
}
