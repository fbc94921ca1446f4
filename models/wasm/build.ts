/**
 * Compiles the AssemblyScript of this folder (`*.as`) into `kernels.wasm`. Only needed after a change of a `.as` file:
 *
 * ```sh
 * deno task build:wasm
 * ```
 *
 * @module
 */
import asc from "npm:assemblyscript@0.28.20/asc";

/** The bytes of the module that the sources in `folder` compile to. */
export async function compileKernels(folder: URL): Promise<Uint8Array> {
  let binary: Uint8Array | undefined;
  const { error, stderr } = await asc.main(
    // deno-fmt-ignore
    [
      "index.ts", "--outFile", "kernels.wasm", "-O3", "--noAssert", "--runtime", "stub", "--use", "abort=",
      "--enable", "relaxed-simd", "--importMemory", "--initialMemory", "1",
    ],
    {
      readFile: (name) =>
        name.includes("/") ? null : readSource(new URL(name.replace(/\.ts$/, ".as"), folder)),
      writeFile: (name, contents) => {
        if (name === "kernels.wasm") binary = contents as Uint8Array;
      },
      listFiles: () => [],
    },
  );
  if (error !== null || binary === undefined) {
    throw new Error(`cannot compile the kernels in ${folder}: ${error?.message ?? "no output"}\n${stderr}`);
  }
  return binary;
}

async function readSource(file: URL): Promise<string | null> {
  try {
    return await Deno.readTextFile(file);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

if (import.meta.main) {
  await Deno.writeFile(
    new URL("kernels.wasm", import.meta.url),
    await compileKernels(new URL(".", import.meta.url)),
  );
}
