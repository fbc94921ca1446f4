/** A decoder that is busy without end with files that begin with 0, and calls others damaged. */
import { serveRequests } from "../../../models/threads/serve_requests.ts";

serveRequests(({ bytes }: { readonly bytes: Uint8Array }) => {
  const end = bytes[0] === 0 ? Date.now() + 20_000 : 0;
  while (Date.now() < end);
  return { name: "SyntaxError", message: `Cannot decode the image: ${bytes.length} bytes are too few.` };
});
