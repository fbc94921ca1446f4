/** The SHA-256 of bytes, in hexadecimal: what manifests, cards and the doctor know files and images by. */
export async function sha256(bytes: BufferSource): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}
