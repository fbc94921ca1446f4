import assert from "node:assert/strict";
import { describeRun, runBatchCommand } from "../../../tasks/batch/batch_command.ts";
import type { BatchSummary } from "../../../tasks/batch/batch_run.ts";
import type { PhotoRecord } from "../../../tasks/batch/manifests.ts";
import type { LeftOut } from "../../../tasks/files/left_out.ts";

const HEIC: LeftOut = { path: "photos/f.HEIC", kind: "HEIC file", remedy: "convert it to JPEG first" };
const MASK: LeftOut = { path: "photos/p0.png", kind: "mask lying beside photos" };

function summary(leftOut: readonly LeftOut[]): BatchSummary<PhotoRecord> {
  return {
    manifest: "out/manifest.json",
    report: "out/report.html",
    photos: [],
    skipped: 0,
    failures: [],
    leftOut,
  };
}

/** Runs a command over photos whose run comes out so, and catches what it prints. */
async function printed(leftOut: readonly LeftOut[]): Promise<{ code: number; out: string }> {
  const write = Deno.stdout.writeSync;
  let out = "";
  Deno.stdout.writeSync = (bytes) => {
    out += new TextDecoder().decode(bytes);
    return bytes.length;
  };
  try {
    const code = await runBatchCommand({ dryRun: false, profile: false, json: true }, {
      open: () => Promise.reject(new Error("nothing to open")),
      plan: async function* () {},
      run: () => Promise.resolve(summary(leftOut)),
      describe: () => "",
    });
    return { code, out };
  } finally {
    Deno.stdout.writeSync = write;
  }
}

Deno.test("A run over photos fails by its exit code where photos were not read, and not for masks beside them", async () => {
  assert.deepEqual((await printed([])).code, 0);
  assert.deepEqual((await printed([MASK])).code, 0);
  const { code, out } = await printed([HEIC, MASK]);
  assert.equal(code, 1);
  assert.deepEqual(JSON.parse(out).leftOut, [HEIC, MASK]);
});

Deno.test("The last lines of a run count by kind what was left out, and say what to do about it", () => {
  assert.match(
    describeRun(summary([HEIC, MASK, HEIC]), { done: "Labelled", finding: "0 of 0 show crack", seconds: 2 }),
    /^Labelled 0 photos in 2 s; left out 2 HEIC files, 1 mask lying beside photos; 0 of 0 show crack\.\n2 HEIC files, such as photos\/f\.HEIC: convert it to JPEG first\.\nReport/,
  );
});

Deno.test("The last lines of a run say each note on several photos once, with how many it is about", () => {
  const noted = (path: string, ...notes: string[]) => ({ path, notes }) as unknown as PhotoRecord;
  const photos = [noted("a.tif", "Two pages.", "Ten bits."), noted("b\n.tif", "Ten bits."), noted("c.tif")];
  const text = describeRun({ ...summary([]), photos }, { done: "Labelled", finding: "no crack", seconds: 2 });
  assert.deepEqual(text.split("\n").slice(0, 3), [
    "Labelled 3 photos in 2 s; no crack.",
    "2 photos, such as a.tif: Ten bits.",
    "Report:   out/report.html",
  ]);
});
