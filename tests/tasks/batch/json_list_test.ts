import assert from "node:assert/strict";
import { join } from "node:path";
import { type Place, readJsonList, writeJsonList } from "../../../tasks/batch/json_list.ts";
import { temporaryFolder } from "../../temporary_folder.ts";

/** What an object with a list may be written like. */
const FORMS = [
  (value: object) => JSON.stringify(value, null, 2),
  (value: object) => JSON.stringify(value),
  (value: object) => JSON.stringify(value, null, "\t").replaceAll("\n", "\r\n"),
];

const ITEMS = [
  { name: 'a "quoted" \\ name', inner: { list: [1, [2]], text: "]},[" } },
  null,
  "list",
  -1.5e3,
  [],
  { list: "naïve 🧱" },
  // Longer than what is read at once.
  { text: '"\\'.repeat(2 ** 16) },
  true,
];

Deno.test("readJsonList() gives the items of the list of that name, and what is around it", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "list.json");
  for (const form of FORMS) {
    for (const list of [[], [{}], ITEMS, Array.from({ length: 2 }, () => ITEMS).flat()]) {
      const value = { first: "list", other: { list: [1, 2] }, list, last: ["list", [3]], "li\\st": [4] };
      const text = `${form(value)}\n`;
      await Deno.writeTextFile(path, text);
      const bytes = await Deno.readFile(path);
      const items: unknown[] = [];
      const around = await readJsonList(path, {
        field: "list",
        onItem: (item, { offset, bytes: length }) => {
          assert.equal(new TextDecoder().decode(bytes.subarray(offset, offset + length)), item.trim());
          items.push(JSON.parse(item));
        },
      });
      assert.deepEqual(items, list);
      assert.deepEqual(JSON.parse(around), { ...value, list: list.map(() => 0) });
      let count = 0;
      const head = await readJsonList(path, { field: "list", headOnly: true, onItem: () => count++ });
      assert.equal(count, Math.min(1, list.length));
      assert.deepEqual(JSON.parse(head), {
        first: "list",
        other: value.other,
        list: list.slice(0, 1).map(() => 0),
      });
    }
  }
});

Deno.test("readJsonList() leaves what is no JSON recognisable as such", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "list.json");
  const whole = '{"a":1,"list":[{"b":[2]},3,"4"],"c":5}';
  const broken = [
    ...Array.from({ length: whole.length }, (_, end) => whole.slice(0, end)),
    ...[
      '{"list":[1 2]}',
      '{"list":[1,,2]}',
      '{"list":[1,]}',
      '{"list":[,1]}',
      '{"list":[1}]',
      '{"list":[1]]}',
    ],
  ];
  for (const text of broken) {
    await Deno.writeTextFile(path, text);
    const read = async () => {
      const around = await readJsonList(path, { field: "list", onItem: (item) => JSON.parse(item) });
      return JSON.parse(around);
    };
    await assert.rejects(read(), SyntaxError, text);
  }
});

Deno.test("writeJsonList() writes what JSON.stringify() does, and says where each item is", async () => {
  const value = { a: '\n  "list": []', list: [], b: 1 };
  for (
    const items of [[], [{}], Array.from({ length: 700 }, (_, i) => ({ "🧱": i, x: ["a\n".repeat(i)] }))]
  ) {
    const places: Place[] = [];
    const pieces = await Array.fromAsync(
      writeJsonList(value, { field: "list", items, onPlace: (place) => places.push(place) }),
    );
    const bytes = new Uint8Array(await new Blob(pieces as BlobPart[]).arrayBuffer());
    const text = (from: number, to: number) => new TextDecoder().decode(bytes.subarray(from, to));
    assert.equal(text(0, bytes.length), `${JSON.stringify({ ...value, list: items }, null, 2)}\n`);
    assert.deepEqual(places.map(({ offset, bytes }) => JSON.parse(text(offset, offset + bytes))), items);
  }
});
