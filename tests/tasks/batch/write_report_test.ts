import assert from "node:assert/strict";
import { join } from "node:path";
import type { PhotoRecord } from "../../../tasks/batch/manifests.ts";
import { writeReport } from "../../../tasks/batch/write_report.ts";
import type { ReportedPhotos } from "../../../tasks/batch/batch_task.ts";
import { temporaryFolder } from "../../temporary_folder.ts";

function recordOf(name: string, crackPixels: number): PhotoRecord {
  return {
    ...{ name, path: `photos/${name}.png`, sha256: "0", width: 10, height: 10, crackPixels },
    ...{ crackShare: crackPixels / 100, seconds: 0.5 },
  };
}

/** A task whose pages have the names of their photos and the way to the pages beside them. */
const task = {
  title: "Cracks & <joints>",
  async *report({ photos, part }: ReportedPhotos<PhotoRecord>) {
    const names = [...photos].map(({ name }) => name);
    yield await Promise.resolve(JSON.stringify({ names, part }));
  },
};

function namesIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}

Deno.test("writeReport() puts very many photos on pages, with an index of their names", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "report.html"), pages = join(folder.path, "report-pages");
  const names = Array.from({ length: 11 }, (_, i) => `day 1/</script>${i}`);
  const failures = [{ name: "broken", path: "broken.png", error: "It is broken." }];
  const write = (count: number, most: number) =>
    writeReport(path, task, {
      photos: names.slice(0, count).map(recordOf),
      failures,
      onFailure: () => assert.fail(),
    }, { most, perPage: 4 });

  await write(11, 10);
  assert.deepEqual(namesIn(pages), ["00001.html", "00002.html", "00003.html"]);
  assert.deepEqual(JSON.parse(await Deno.readTextFile(join(pages, "00002.html"))), {
    names: names.slice(4, 8),
    part: {
      ...{ first: 5, last: 8, total: 11, index: "../report.html" },
      ...{ previous: "00001.html", next: "00003.html" },
    },
  });
  const index = await Deno.readTextFile(path);
  const [, data] = /<script type="application\/json" id="names">([^<]*)<\/script>/.exec(index) ?? [];
  const parts = JSON.parse(data);
  assert.deepEqual(
    parts.map(({ href }: { href: string }) => href),
    [1, 2, 3].map((i) => `report-pages/0000${i}.html`),
  );
  assert.deepEqual(parts.flatMap((part: { names: string[] }) => part.names), names);
  assert.deepEqual(parts[2].shares, [0.08, 0.09, 0.1]);
  assert.match(index, /<h1>Cracks &amp; &lt;joints&gt;<\/h1>/);
  assert.match(index, /<b>11<\/b> photos on 3 pages[^]*<b>10<\/b> with crack[^]*<b>1<\/b> failed/);
  assert.match(index, /<dt>broken<\/dt><dd>It is broken\.<\/dd>/);
  assert.match(
    index,
    /href="report-pages\/00003\.html">day 1\/&lt;\/script&gt;8<\/a> <span>to day 1\/&lt;\/script&gt;10</,
  );

  // Pages of before that are none of these go, whatever else is in the folder stays.
  await Deno.writeTextFile(join(pages, "notes.txt"), "mine");
  await write(5, 4);
  assert.deepEqual(namesIn(pages), ["00001.html", "00002.html", "notes.txt"]);
  await Deno.remove(join(pages, "notes.txt"));
  await write(5, 5);
  assert.deepEqual(namesIn(folder.path), ["report.html"]);
  assert.deepEqual(JSON.parse(await Deno.readTextFile(path)), { names: names.slice(0, 5) });
});
