const ROOT = new URL("../", import.meta.url);

const TYPES: Readonly<Record<string, string>> = {
  ts: "application/typescript",
  js: "text/javascript",
  json: "application/json",
  wasm: "application/wasm",
};

/** Serves the files of the repository at `host`, as a web host of Hairline would. */
export function serveRepository(): { readonly host: string } & AsyncDisposable {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    const { pathname } = new URL(request.url);
    try {
      const body = await Deno.readFile(new URL(`.${pathname}`, ROOT));
      return new Response(body, {
        headers: { "content-type": TYPES[pathname.split(".").at(-1)!] ?? "text/plain" },
      });
    } catch {
      return new Response(null, { status: 404 });
    }
  });
  return { host: `127.0.0.1:${server.addr.port}`, [Symbol.asyncDispose]: () => server.shutdown() };
}
