/**
 * Runs what makes something of a file and puts the file's name before what is wrong with it:
 * `Cannot use a.hairline: cannot read the safetensors file: it is cut short, …`
 *
 * @param options `remedy`: what can be done about it, such as `give --restart to start again`.
 */
export async function namingFile<T>(
  path: string,
  action: () => Promise<T>,
  { remedy }: { readonly remedy?: string } = {},
): Promise<T> {
  try {
    return await action();
  } catch (error) {
    const kind = [SyntaxError, RangeError, TypeError].find((kind) =>
      error instanceof Error && error.constructor === kind
    );
    // Other errors name their file, and what is no sentence about it is a fault of the program.
    if (kind === undefined || !(error instanceof Error) || !/^Cannot .*\.$/s.test(error.message)) throw error;
    const message = remedy === undefined ? error.message : error.message.replace(/\.$/, `; ${remedy}.`);
    throw new kind(`Cannot use ${path}: c${message.slice(1)}`, { cause: error });
  }
}
