import assert from "node:assert/strict";
import { bandOf, parseWidthBands, widthBands } from "../../../core/measure/bands.ts";
import { cameraScale } from "../../../core/measure/camera_scale.ts";

Deno.test("bandOf() finds the band of a width at its limits", () => {
  const cases = [
    ["astm-d6433", 10, "low"],
    ["astm-d6433", 10.01, "medium"],
    ["astm-d6433", 80, "high"],
    [
      "sn-640312a",
      0.2,
      "under 0.2 mm",
    ],
    ["aci-224r", 0.3, "humidity, moist air, soil"],
    ["aci-224r", 0.5, "beyond"],
  ] as const;
  for (const [id, width, band] of cases) assert.equal(bandOf(widthBands[id], width), band, `${id} ${width}`);
  assert.equal(bandOf(widthBands.jci, NaN), undefined);
});

Deno.test("every table of bands rises, ends openly, names its source and says that it is a guide", () => {
  for (const [id, table] of Object.entries(widthBands)) {
    assert.equal(table.id, id);
    assert.deepEqual(parseWidthBands(JSON.stringify(table)), table);
    assert.equal(bandOf(table, 1e9), table.bands.at(-1)!.name, id);
    assert.match(table.source, /secondary sources/);
    assert.match(table.note, /^A guide, not a verdict\./);
  }
});

Deno.test("parseWidthBands() completes a table and refuses a wrong one in a sentence", () => {
  const own = parseWidthBands('{ "bands": [{ "name": "thin", "upTo": 1 }, { "name": "wide" }] }');
  assert.equal(own.by, "p95");
  assert.equal(bandOf(own, 2), "wide");
  const wrong: [text: string, reason: string][] = [
    ["{", "it is no JSON"],
    ["[]", "an object with the field bands is wanted"],
    ["{}", "its field bands is wanted to be a list of bands"],
    ['{ "bands": [{ "upTo": 1 }] }', "its band 1 has no name"],
    [
      '{ "by": "size", "bands": [{ "name": "a" }] }',
      'its field by is "size", one of mean, median, p95, max is wanted',
    ],
    [
      '{ "bands": [{ "name": "a", "upTo": 2 }, { "name": "b", "upTo": 1 }] }',
      "upTo of its band b is 1, a number of millimetres above 2 is wanted",
    ],
  ];
  for (const [text, reason] of wrong) {
    assert.throws(() => parseWidthBands(text), { message: `Cannot read the bands: ${reason}.` }, text);
  }
});

Deno.test("cameraScale() follows the lens, and refuses what no lens is", () => {
  // A pixel of 6 µm, 30 times as large at 30 focal lengths.
  assert.ok(
    Math.abs(cameraScale({ sensorWidth: 36, focalLength: 50, distance: 1500, pixels: 6000 }) - 0.18) < 1e-12,
  );
  assert.throws(() => cameraScale({ sensorWidth: 36, focalLength: 0, distance: 1500, pixels: 6000 }), {
    message: "Cannot tell the scale of a photo: focalLength is 0, a number above 0 is wanted.",
  });
});
