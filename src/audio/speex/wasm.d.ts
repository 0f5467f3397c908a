/** Bundlers for Workers turn the import of a .wasm file into its compiled module. */
declare module "*.wasm" {
  const module: WebAssembly.Module;
  export default module;
}
