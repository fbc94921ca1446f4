import assert from "node:assert/strict";
import { join } from "node:path";
import { encodePng } from "../../../core/images/encode_png.ts";
import { listMasks, readRunMask } from "../../../tasks/annotations/run_masks.ts";
import {
  correctedMaskPath,
  DECISIONS,
  readReview,
  readVerdicts,
  ReviewStore,
  type ReviewUse,
} from "../../../tasks/studio/review.ts";
import { agreementOf } from "../../../tasks/studio/agreement.ts";
import { openPatchPhotos } from "../../../tasks/classifier/photos.ts";
import { KEY_HEADER, serveStudio } from "../../../tasks/studio/serve_studio.ts";
import { StudioRun } from "../../../tasks/studio/studio_run.ts";
import { summarise } from "../../../tasks/studio/summary.ts";
import { listLabels } from "../../../tasks/training/list_labels.ts";
import { temporaryFolder } from "../../temporary_folder.ts";
import { type RunPhoto, writeRun } from "../run_fixture.ts";

const PAGE =
  `<!DOCTYPE html><head><meta http-equiv="Content-Security-Policy" content="default-src 'none';"></head>`;
const HOSTILE = `day 1/"><img src=x onerror=alert(1)>`;

function photoOf(name: string, sure: number): RunPhoto {
  const photo = new ImageData(3, 2);
  photo.data.fill(200);
  const confidence = Uint8Array.of(sure, 0, 0, 0, 0, 0);
  return { name, photo, mask: Uint8Array.of(1, 0, 0, 0, 0, 0), confidence };
}

/** A run that is served, and a call of its server as its page makes them. */
async function served(folder: string) {
  const stages = { "patch-map": Uint8Array.of(1, 2, 3, 4, 5, 6), "../../manifest": new Uint8Array(6) };
  const path = await writeRun(folder, [photoOf("a", 250), { ...photoOf(HOSTILE, 140), stages }]);
  const run = await StudioRun.open(path);
  const server = serveStudio(run, { page: PAGE, port: 0 });
  const { origin, searchParams } = new URL(server.link);
  const key = searchParams.get("key")!;
  const call = (what: string, init: RequestInit = {}) =>
    fetch(origin + what, { ...init, headers: { [KEY_HEADER]: key, ...init.headers } });
  return { run, path, server, origin, key, call };
}

function formOf(run: StudioRun, facts: readonly object[], mask?: Uint8Array<ArrayBuffer>): FormData {
  const form = new FormData();
  form.set("run", run.folder);
  form.set("facts", JSON.stringify(facts));
  if (mask !== undefined) form.set("mask", new File([mask], "mask.png"));
  return form;
}

/** The status line of a request that is written by hand. */
async function raw(port: number, lines: readonly string[]): Promise<string> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  await connection.write(new TextEncoder().encode([...lines, "connection: close", "", ""].join("\r\n")));
  const answer = await new Response(connection.readable).text();
  return answer.split("\r\n")[0];
}

Deno.test("the studio's server answers its own page only", async () => {
  await using folder = await temporaryFolder();
  const { server, origin, key, call } = await served(folder.path);
  await using _server = server;
  const { port, host, hostname } = new URL(origin);
  assert.equal(hostname, "127.0.0.1");
  const status = async (response: Promise<Response>) => {
    const { status, body } = await response;
    await body?.cancel();
    return status;
  };
  assert.equal(await status(call("/api/photos")), 200);
  assert.equal(await status(fetch(`${origin}/api/photos`)), 403);
  assert.equal(await status(fetch(`${origin}/api/photos?key=${key}`)), 403);
  assert.equal(await status(fetch(`${origin}/`)), 403);
  assert.equal(await status(call("/api/photos", { headers: { [KEY_HEADER]: `${key}0` } })), 403);
  assert.equal(await status(call("/api/photos", { headers: { [KEY_HEADER]: key.slice(0, -1) } })), 403);
  assert.equal(await status(call("/api/photos", { headers: { origin: "http://127.0.0.1:1" } })), 403);
  assert.equal(await status(call("/api/photos", { headers: { "sec-fetch-site": "cross-site" } })), 403);
  const request = (name: string) => [`GET /api/photos HTTP/1.1`, `host: ${name}`, `${KEY_HEADER}: ${key}`];
  assert.match(await raw(Number(port), request(host)), / 200 /);
  // Names that an attacker has lead to this address, and others that browsers take for another origin.
  for (
    const name of [`evil.example:${port}`, `127.0.0.1.evil.example:${port}`, `localhost:${port}`, "127.0.0.1"]
  ) {
    assert.match(await raw(Number(port), request(name)), / 403 /, name);
  }
  for (const name of ["evil.example", `evil.example:${port}`]) {
    const whole = [`GET http://${name}/api/photos HTTP/1.1`, `host: ${host}`, `${KEY_HEADER}: ${key}`];
    assert.match(await raw(Number(port), whole), / 40[03] /, name);
  }
  assert.match(await raw(Number(port), [...request(host), `host: evil.example:${port}`]), / 40[03] /);
  assert.match(await raw(Number(port), [...request(host), "origin: null"]), / 403 /);
  const page = await fetch(server.link);
  assert.match(page.headers.get("content-security-policy") ?? "", /frame-ancestors 'none'/);
  assert.match(await page.text(), /default-src 'none'; connect-src 'self';.*name="hairline-server"/s);
});

Deno.test("the studio's server shows what a run found, and no other file", async () => {
  await using folder = await temporaryFolder();
  const { server, path, call } = await served(folder.path);
  await using _server = server;
  const { photos } = await (await call("/api/photos")).json();
  assert.deepEqual(photos, [
    { name: "a", file: "a.png", crackShare: 1 / 6 },
    { name: HOSTILE, file: `${HOSTILE}.png`, crackShare: 1 / 6, stages: ["patch-map"] },
  ]);
  const named = (name: string) => `name=${encodeURIComponent(name)}`;
  for (const what of ["mask", "confidence"] as const) {
    const file = join(path, what === "mask" ? "masks" : what, `${HOSTILE}.png`);
    const bytes = await (await call(`/api/${what}?${named(HOSTILE)}`)).bytes();
    assert.deepEqual(bytes, await Deno.readFile(file));
  }
  const stage = await (await call(`/api/stage?key=patch-map&${named(HOSTILE)}`)).bytes();
  assert.deepEqual(stage, await Deno.readFile(join(path, "stages", HOSTILE, "patch-map.png")));
  for (const key of ["../../manifest", "threshold", ""]) {
    const response = await call(`/api/stage?key=${key}&${named(HOSTILE)}`);
    await response.body?.cancel();
    assert.equal(response.status, 404, key);
  }
  const doubts = await (await call("/api/doubts?from=0")).json();
  assert.deepEqual(doubts.map(([name]: [string]) => name), ["a", HOSTILE]);
  assert.ok(doubts[1][1] > doubts[0][1], "what is surer leaves less doubt");
  assert.deepEqual(await (await call("/api/doubts?from=2")).json(), []);
  for (const query of [named("../photos/a"), named("b"), "", named("manifest.json")]) {
    const response = await call(`/api/photo?${query}`);
    assert.equal(response.status, 404, query);
    await response.body?.cancel();
  }
});

Deno.test("the studio's server tells how two runs agree, mended masks first", async () => {
  await using folder = await temporaryFolder();
  const path = await writeRun(folder.path, ["a", "b", "c"].map((name) => photoOf(name, 250)));
  const others = [photoOf("a", 250), { ...photoOf("b", 250), mask: Uint8Array.of(1, 1, 0, 1, 0, 0) }];
  const beside = await writeRun(join(folder.path, "beside"), others);
  const run = await StudioRun.open(path, { beside });
  assert.deepEqual(await run.agreements(0), [["a", 1], ["b", 2 * 1 / (1 + 3)], ["c", null]]);
  const mended = await encodePng({ width: 3, height: 2, channels: 1, data: new Uint8Array(6).fill(255) });
  await run.review.save({ name: "a", decision: "corrected", at: "", seconds: 0 }, mended);
  assert.deepEqual(await run.agreements(0), [["a", 2 * 1 / (6 + 1)], ["b", 0.5], ["c", null]]);
  assert.deepEqual([agreementOf(new Uint8Array(4), new Uint8Array(4)), await run.agreements(3)], [1, []]);
  await using server = serveStudio(run, { page: PAGE, port: 0 });
  const { origin, searchParams } = new URL(server.link);
  const get = (what: string) =>
    fetch(`${origin}/api/${what}`, { headers: { [KEY_HEADER]: searchParams.get("key")! } });
  assert.deepEqual(
    await (await get("beside?name=b")).bytes(),
    await Deno.readFile(join(beside, "masks/b.png")),
  );
  const { photos } = await (await get("photos")).json();
  assert.deepEqual(photos.map((photo: { beside?: true }) => photo.beside), [true, true, undefined]);
  const missing = await get("beside?name=c");
  await missing.body?.cancel();
  assert.equal(missing.status, 404);
  await assert.rejects(StudioRun.open(path, { beside: folder.path }), /Cannot compare with .*: it is no run/);
  const strange = await writeRun(join(folder.path, "strange"), [photoOf("z", 250)]);
  await assert.rejects(StudioRun.open(path, { beside: strange }), /none of its photos has the name/);
});

Deno.test("decisions and mended masks are written at once, beside the run's own files", async () => {
  await using folder = await temporaryFolder();
  const { server, run, path, call } = await served(folder.path);
  await using _server = server;
  const put = async (body: FormData) => {
    const response = await call("/api/review", { method: "PUT", body });
    await response.body?.cancel();
    return response.status;
  };
  const before = await Deno.readFile(join(path, "masks/a.png"));
  const mended = await encodePng({ width: 3, height: 2, channels: 1, data: new Uint8Array(6).fill(255) });
  const facts = { name: "a", decision: "corrected", seconds: 7, changedPixels: 5, mmPerPixel: 0.5 };
  const [one, other] = await Promise.all([
    put(formOf(run, [facts], mended)),
    put(formOf(run, [{ name: HOSTILE, decision: "rejected", seconds: 1 }])),
  ]);
  assert.deepEqual([one, other], [200, 200]);
  assert.deepEqual(await Deno.readFile(correctedMaskPath(path, "a")), mended);
  assert.deepEqual(await Deno.readFile(join(path, "masks/a.png")), before);
  const review = await readReview(path);
  const { at, ...noted } = review.get("a")!;
  assert.deepEqual(noted, facts);
  assert.ok(Math.abs(Date.parse(at) - Date.now()) < 60_000);
  assert.equal(review.get(HOSTILE)?.decision, "rejected");
  // Whoever opens the run again finds it.
  assert.deepEqual((await StudioRun.open(path)).review.get("a"), review.get("a"));

  const right = { name: HOSTILE, decision: "accepted", seconds: 1 };
  assert.equal(await put(formOf(run, [right, { ...right, decision: "maybe" }])), 400);
  assert.equal(await put(formOf(run, [right, { name: "a", decision: "accepted" }])), 400);
  assert.equal(await put(formOf(run, [facts], Uint8Array.of(1, 2, 3, 4))), 400);
  assert.equal(await put(formOf(run, [right, facts], mended)), 400);
  assert.equal(await put(formOf(run, [right, { ...facts, name: "b" }])), 404);
  const foreign = formOf(run, [right]);
  foreign.set("run", "/elsewhere");
  assert.equal(await put(foreign), 409);
  // Of several, none is noted if one is refused.
  assert.deepEqual(await readReview(path), review);
  assert.equal(await put(formOf(run, [right, { ...right, name: "a", decision: "rejected" }])), 200);
  const decisions = [...(await readReview(path)).values()].map(({ name, decision }) => [name, decision]);
  assert.deepEqual(decisions.toSorted(), [[HOSTILE, "accepted"], ["a", "rejected"]].toSorted());
});

Deno.test("a review that is damaged is refused with its file's name", async () => {
  await using folder = await temporaryFolder();
  const path = await writeRun(folder.path, [photoOf("a", 250)]);
  await Deno.mkdir(join(path, "review"));
  for (
    const text of ["{", `{"program":"hairline","version":"1","photos":[{"name":"../a","at":"","seconds":1}]}`]
  ) {
    await Deno.writeTextFile(join(path, "review/review.json"), text);
    await assert.rejects(StudioRun.open(path), /^Error: Cannot read .*review\.json: .*move it away/);
  }
});

Deno.test("of a reviewed run, corrected masks come first and rejected ones are left out", async () => {
  await using folder = await temporaryFolder();
  const review = await ReviewStore.open(folder.path);
  for (const decision of DECISIONS) await review.save({ name: decision, decision, at: "", seconds: 0 });
  const masks = async (use?: ReviewUse) => {
    const verdictOf = await readVerdicts(folder.path, use);
    return ["undecided", ...DECISIONS].map((name) => {
      const { counts, corrected, vouched } = verdictOf(name);
      if (corrected !== undefined) assert.equal(corrected, correctedMaskPath(folder.path, name));
      return [counts, corrected !== undefined, vouched].map(Number).join("");
    });
  };
  assert.deepEqual(await masks("prefer"), ["100", "101", "111", "000"]);
  assert.deepEqual(await masks(), await masks("prefer"));
  assert.deepEqual(await masks("only"), ["000", "101", "111", "000"]);
  assert.deepEqual(await masks("ignore"), ["100", "100", "100", "100"]);
});

Deno.test("classifiers are trained on the photos that were accepted and mended, as --reviewed says", async () => {
  await using folder = await temporaryFolder();
  const names = ["accepted", "corrected", "rejected", "undecided"];
  const path = await writeRun(folder.path, names.map((name) => photoOf(name, 250)), {
    usable: ["undecided"],
  });
  const review = await ReviewStore.open(path);
  const mended = await encodePng({ width: 3, height: 2, channels: 1, data: new Uint8Array(6).fill(255) });
  for (const decision of DECISIONS) {
    await review.save(
      { name: decision, decision, at: "", seconds: 0 },
      decision === "corrected" ? mended : undefined,
    );
  }
  const photos = async (reviewed?: ReviewUse) => {
    const { samples, photo } = await openPatchPhotos({
      ...{ folders: [], images: [], masks: [], datasets: [], labels: [path], reviewed },
    });
    return await Promise.all(samples.map(async ({ name }, i) => {
      const { truth } = await photo(i);
      return [name, (truth as Uint32Array).length];
    }));
  };
  // Of labels that are too small for training, those that a person vouches for are taken.
  assert.deepEqual(await photos(), [["accepted", 1], ["corrected", 6], ["undecided", 1]]);
  assert.deepEqual(await photos("only"), [["accepted", 1], ["corrected", 6]]);
  assert.deepEqual(await photos("ignore"), [["undecided", 1]]);
});

Deno.test("a summary counts decisions, mended pixels and the time a photo took, of the run's own photos", async () => {
  await using folder = await temporaryFolder();
  const path = await writeRun(folder.path, ["a", "b", "c", "d", "e"].map((name) => photoOf(name, 250)));
  assert.equal(
    summarise(await StudioRun.open(path)),
    "0 of 5 photos decided\n0 accepted\n0 corrected in 0 pixels\n0 rejected",
  );
  const review = await ReviewStore.open(path);
  const at = "2026-01-01T00:00:00Z";
  await review.saveAll([
    { name: "a", decision: "accepted", at, seconds: 1 },
    { name: "b", decision: "corrected", at, seconds: 30, changedPixels: 40 },
    { name: "c", decision: "corrected", at, seconds: 9, changedPixels: 2 },
    // What was mended in a mask that was thrown out counts for nothing.
    { name: "d", decision: "rejected", at, seconds: 2, changedPixels: 7 },
    { name: "e", at, seconds: 4, mmPerPixel: 1 },
    { name: "gone", decision: "accepted", at, seconds: 100 },
  ]);
  assert.equal(
    summarise(await StudioRun.open(path)),
    "4 of 5 photos decided, 11.5 s each\n1 accepted\n2 corrected in 42 pixels\n1 rejected",
  );
});

Deno.test("of what predict found, networks are trained on the masks that a person vouches for", async () => {
  await using folder = await temporaryFolder();
  const path = await writeRun(folder.path, ["a", "b", "c", "d"].map((name) => photoOf(name, 250)));
  const { photos, ...rest } = JSON.parse(await Deno.readTextFile(join(path, "manifest.json")));
  const predictions = {
    ...{ ...rest, task: "predict", threshold: 0.5, tile: 512, overlap: 64 },
    segmenter: { name: "unet", source: "shipped", sha256: "0" },
    photos: photos.map(({ usableForTraining: _, ...photo }: { usableForTraining: boolean }) => ({
      ...{ ...photo, predictedAt: "2026-01-01T00:00:00.000Z" },
    })),
  };
  await Deno.writeTextFile(join(path, "manifest.json"), JSON.stringify(predictions));
  const taken = async (reviewed?: ReviewUse) => {
    const { samples } = await listLabels({
      ...{ labels: [path], extraLabels: [], photos: [], soft: false, reviewed },
    });
    return samples.map(({ name, sample }) => [name, sample.truthPath === correctedMaskPath(path, name)]);
  };
  await assert.rejects(taken(), /of masks that predict wrote .* of 4 none was; accept some/);
  const review = await ReviewStore.open(path);
  const noted = { at: "", seconds: 1 };
  await review.save({ name: "a", decision: "accepted", ...noted });
  await review.save({ name: "b", decision: "corrected", ...noted }, new Uint8Array(1));
  await review.save({ name: "c", decision: "rejected", ...noted });
  assert.deepEqual(await taken(), [["a", false], ["b", true]]);
  assert.deepEqual(await taken("only"), await taken());
  await assert.rejects(taken("ignore"), /of 4 none was/);
});

Deno.test("photos of a run that have moved are found in the folders that are named", async () => {
  await using folder = await temporaryFolder();
  const path = await writeRun(folder.path, ["a", "day 1/b"].map((name) => photoOf(name, 250)));
  const moved = join(folder.path, "elsewhere");
  await Deno.rename(join(folder.path, "photos"), moved);
  assert.equal(await (await StudioRun.open(path)).countMissing(), 2);
  const run = await StudioRun.open(path, { photos: [moved] });
  assert.equal(await run.countMissing(), 0);
  assert.equal(run.photos.get("day 1/b")?.path, join(moved, "day 1/b.png"));
});

Deno.test("what is written for annotators takes corrected masks first, and none that was rejected", async () => {
  await using folder = await temporaryFolder();
  const path = await writeRun(folder.path, ["a", "b", "c"].map((name) => photoOf(name, 250)));
  const { review } = await StudioRun.open(path);
  const noted = { at: "", seconds: 1 };
  const mended = await encodePng({ width: 3, height: 2, channels: 1, data: new Uint8Array(6).fill(255) });
  await review.save({ name: "a", decision: "corrected", ...noted }, mended);
  await review.save({ name: "b", decision: "rejected", ...noted });
  const counts = async (reviewed: ReviewUse) =>
    await Array.fromAsync(await listMasks(path, { photos: [], reviewed }), async (photo) => {
      const { data } = await readRunMask(photo, { sure: undefined, score: true });
      return [photo.name, data.reduce((sum, value) => sum + value, 0)];
    });
  assert.deepEqual(await counts("prefer"), [["a", 6], ["c", 1]]);
  assert.deepEqual(await counts("only"), [["a", 6]]);
  assert.deepEqual(await counts("ignore"), [["a", 1], ["b", 1], ["c", 1]]);
  const trained = async (reviewed: ReviewUse) => {
    const { samples } = await listLabels({
      labels: [path],
      extraLabels: [],
      photos: [],
      soft: false,
      reviewed,
    });
    return samples.map(({ sample }) => sample.truthPath);
  };
  // Labels of a single pixel are too small to train on, unless a person says so.
  assert.deepEqual(await trained("only"), [correctedMaskPath(path, "a")]);
  await review.save({ name: "a", decision: "rejected", ...noted });
  await assert.rejects(counts("only"), /with --reviewed only none of its 3 masks is left/);
  await assert.rejects(trained("only"), /by what was decided in the studio none of 3 is left/);
});
