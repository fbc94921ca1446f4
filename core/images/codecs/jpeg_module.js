// @ts-self-types="./jpeg_module.d.ts"
// A source phase import hands over the compiled module, not one shared instance: an instance that a bad file
// trapped can then be thrown away. TypeScript does not parse this syntax yet, hence the .js with types beside it.
import source jpegModule from "npm:imagescript@1.3.1/wasm/any/jpeg.wasm";

export { jpegModule };
