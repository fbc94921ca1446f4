import { findFault } from "../../core/arguments.ts";
import { describeError } from "../cli/errors.ts";
import { withExtension } from "../files/output_names.ts";
import { REVIEWED_PHOTOS, type ReviewedPhoto } from "./review.ts";
import { servedPage } from "./studio_page.ts";
import type { StudioRun } from "./studio_run.ts";

/** Bytes of the largest body that is read: the mask of a photo of 100 megapixels is smaller. */
const MAX_BYTES = 2 ** 26;

/** The header in which the page gives the secret of its link. */
export const KEY_HEADER = "x-hairline-key";

const HEADERS = {
  "cache-control": "no-store",
  "content-security-policy": "frame-ancestors 'none'",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
} as const;

/** A server of the studio. */
export interface StudioServer extends AsyncDisposable {
  /** The link, with its secret. */
  readonly link: string;
  /** Settles when the server has ended. */
  readonly finished: Promise<void>;
}

/** Options of {@linkcode serveStudio}. */
export interface ServeStudioOptions {
  /** The page, as `studioPage()` makes it. */
  readonly page: string;
  /** 0: a free one. */
  readonly port: number;
}

/**
 * Serves a run, on this machine only.
 *
 * Whoever else can reach the port is kept out: each request must bear the secret of the link, name the server by its own address (so that no
 * other name that leads here does, as in DNS rebinding), and come from the server's own page, if from any.
 */
export function serveStudio(run: StudioRun, { page, port }: ServeStudioOptions): StudioServer {
  const key = crypto.getRandomValues(new Uint8Array(24)).toHex();
  const html = servedPage(page);
  const server = Deno.serve({ hostname: "127.0.0.1", port, onListen: () => {} }, async (request) => {
    const host = `127.0.0.1:${server.addr.port}`;
    if (!isAllowed(request, { host, key })) return answer("This is not for you.", 403);
    try {
      return await respond(run, request, html);
    } catch (error) {
      return answer(describeError(error), error instanceof Deno.errors.NotFound ? 404 : 500);
    }
  });
  return {
    link: `http://127.0.0.1:${server.addr.port}/?key=${key}`,
    finished: server.finished,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/** Whether a request is from the page that the link leads to. */
function isAllowed(
  request: Request,
  { host, key }: { readonly host: string; readonly key: string },
): boolean {
  const { headers } = request;
  const url = new URL(request.url);
  // A request may name a host in its first line, too.
  if (headers.get("host") !== host || url.host !== host) return false;
  const origin = headers.get("origin");
  if (origin !== null && origin !== `http://${host}`) return false;
  if (!["same-origin", "none", null].includes(headers.get("sec-fetch-site"))) return false;
  const given = url.pathname === "/" ? url.searchParams.get("key") : headers.get(KEY_HEADER);
  return given !== null && isSame(given, key);
}

/** Whether two texts are the same, in a time that does not tell how much of them is. */
function isSame(given: string, key: string): boolean {
  let difference = given.length ^ key.length;
  for (let i = 0; i < key.length; i++) difference |= given.charCodeAt(i % given.length) ^ key.charCodeAt(i);
  return difference === 0;
}

async function respond(run: StudioRun, request: Request, html: string): Promise<Response> {
  const { pathname, searchParams } = new URL(request.url);
  const route = `${request.method} ${pathname}`;
  if (route === "GET /") {
    return new Response(html, { headers: { ...HEADERS, "content-type": "text/html; charset=utf-8" } });
  }
  if (route === "GET /api/photos") return answer(describeAll(run));
  if (route === "GET /api/reviewed") {
    const since = searchParams.get("since") ?? "";
    // Those of the same millisecond, too: another window may know one of them only.
    return answer(run.review.photos.filter(({ at }) => at >= since));
  }
  if (route === "PUT /api/review") return await save(run, request);
  if (route === "GET /api/doubts") return answer(await run.doubts(Number(searchParams.get("from"))));
  if (route === "GET /api/agreements") return answer(await run.agreements(Number(searchParams.get("from"))));
  const photo = run.photos.get(searchParams.get("name") ?? "");
  if (photo === undefined) return answer("There is no such photo.", 404);
  switch (route) {
    case "GET /api/photo":
      return await file(photo.path);
    case "GET /api/mask":
      return photo.found === undefined ? answer("It has no mask.", 404) : await file(photo.found.mask);
    case "GET /api/confidence":
      return photo.found === undefined ? answer("It has no mask.", 404) : await file(photo.found.confidence);
    case "GET /api/stage": {
      const path = photo.stages?.get(searchParams.get("key") ?? "");
      return path === undefined ? answer("The run kept no such stage.", 404) : await file(path);
    }
    case "GET /api/beside":
      return photo.beside === undefined ? answer("No run lies beside.", 404) : await file(photo.beside);
    case "GET /api/corrected": {
      const path = await run.corrected(photo.name);
      return path === undefined ? new Response(null, { status: 204, headers: HEADERS }) : await file(path);
    }
    default:
      return answer("There is nothing.", 404);
  }
}

/** What the page is told first. */
export interface ListedRun {
  /** The folder, which tells runs apart. */
  readonly run: string;
  readonly photos: readonly ListedPhoto[];
}

/** What the page is told of a photo before it is opened. */
export interface ListedPhoto {
  readonly name: string;
  /** Its name with the extension of its file. */
  readonly file: string;
  /** Of a photo that a run marked. */
  readonly crackShare?: number;
  /** Keys of the stages that the run kept of its label, if it kept any. */
  readonly stages?: readonly string[];
  /** Whether the run beside has a mask of it. */
  readonly beside?: true;
  readonly review?: ReviewedPhoto;
}

function describeAll({ folder, photos, review }: StudioRun): ListedRun {
  return {
    run: folder,
    photos: [...photos.values()].map(({ name, path, found, stages, beside }) => ({
      ...{ name, file: withExtension(name, path) },
      ...(beside === undefined ? {} : { beside: true }),
      ...(found === undefined ? {} : { crackShare: found.crackShare }),
      ...(stages === undefined || stages.size === 0 ? {} : { stages: [...stages.keys()] }),
      ...(review.get(name) === undefined ? {} : { review: review.get(name) }),
    })),
  };
}

/** Notes decisions: a form with the facts of photos as JSON and, of a single one whose mask was mended, its PNG file. */
async function save(run: StudioRun, request: Request): Promise<Response> {
  if (Number(request.headers.get("content-length") ?? Infinity) > MAX_BYTES) {
    return answer("That is too much.", 413);
  }
  const form = await request.formData();
  // A page that stayed open while another run was served at its port.
  if (form.get("run") !== run.folder) return answer("This page shows another run than the server has.", 409);
  const at = new Date().toISOString();
  const facts: unknown = JSON.parse(String(form.get("facts")));
  const reviewed = Array.isArray(facts) ? facts.map((photo) => ({ ...photo, at })) : facts;
  const fault = findFault(REVIEWED_PHOTOS, reviewed);
  if (fault !== undefined) return answer(fault, 400);
  const photos = reviewed as readonly ReviewedPhoto[];
  if (photos.some(({ name }) => !run.photos.has(name))) return answer("There is no such photo.", 404);
  const mask = form.get("mask");
  const png = mask instanceof File ? await mask.bytes() : undefined;
  if (png !== undefined && new TextDecoder("latin1").decode(png.subarray(1, 4)) !== "PNG") {
    return answer("The mask is no PNG file.", 400);
  }
  if (png === undefined) await run.review.saveAll(photos);
  else if (photos.length === 1) await run.review.save(photos[0], png);
  else return answer("A mask is of one photo.", 400);
  return answer({ at });
}

async function file(path: string): Promise<Response> {
  const { readable } = await Deno.open(path);
  return new Response(readable, { headers: { ...HEADERS, "content-type": "application/octet-stream" } });
}

/** A sentence, or JSON. */
function answer(content: string | object, status = 200): Response {
  return typeof content === "string"
    ? new Response(content, { status, headers: { ...HEADERS, "content-type": "text/plain; charset=utf-8" } })
    : Response.json(content, { status, headers: HEADERS });
}
