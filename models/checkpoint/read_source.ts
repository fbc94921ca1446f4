/** The bytes of a checkpoint: themselves, or what a path or URL leads to. A path needs to be readable, a URL its host to be allowed. */
export async function readSource(source: Uint8Array | string | URL): Promise<Uint8Array> {
  if (source instanceof Uint8Array) return source;
  const text = String(source);
  if (!/^https?:/i.test(text)) return await Deno.readFile(/^file:/i.test(text) ? new URL(text) : text);
  const response = await fetch(text);
  if (!response.ok) {
    await response.body?.cancel();
    throw new Error(
      `Cannot load a network from ${text}: the server answers ${response.status} ${response.statusText}.`,
    );
  }
  return await response.bytes();
}
