import assert from "node:assert/strict";
import { nameKey, nameOutputs, staysInside } from "../../../tasks/files/output_names.ts";
import { iterated } from "../../../tasks/files/text_set.ts";
import { random } from "../../core/images/image_fixtures.ts";

/** The names of the outputs of photos of a folder, as the commands name them. */
function namesOf(files: readonly string[]): string[] {
  return [...iterated(nameOutputs({
    ...{ length: files.length, levels: 2 },
    pathOf: (i) => files[i],
    nameOf: (i, level) => level === 0 ? files[i].replace(/\.\w+$/, "") : files[i],
  }))];
}

Deno.test("nameKey() is one for names that are one file on Windows or macOS", () => {
  for (
    const [a, b] of [["IMG_1", "img_1"], ["caf\u00e9", "cafe\u0301"], ["CAFE\u0301", "caf\u00e9"], [
      "stra\u00dfe",
      "STRASSE",
    ]]
  ) {
    assert.equal(nameKey(a), nameKey(b));
  }
  assert.notEqual(nameKey("cafe"), nameKey("caf\u00e9"));
});

Deno.test("nameOutputs() gives a number that no photo's own name has", () => {
  assert.deepEqual(namesOf(["x.jpg", "X.jpg", "X.jpg~2.jpg"]), ["x.jpg", "X.jpg~3", "X.jpg~2"]);
  assert.deepEqual(namesOf(["caf\u00e9.jpg", "cafe\u0301.jpg"]).map(nameKey), [
    "caf\u00e9.jpg~2",
    "caf\u00e9.jpg",
  ]);
});

Deno.test("nameOutputs() gives no two photos one name, whatever they are called and in whatever order", () => {
  const next = random(3);
  const pick = (of: readonly string[]) => of[Math.floor(next() * of.length)];
  for (let round = 0; round < 300; round++) {
    const files = new Set<string>();
    for (let i = 0; i < 8; i++) {
      files.add(
        pick(["x", "X", "\u00e9", "e\u0301", "x/y"]) + pick(["", "~2", ".jpg", ".jpg~2", ".png~3"]) +
          pick([".jpg", ".JPG", ".png"]),
      );
    }
    const all = [...files];
    const names = namesOf(all);
    assert.equal(new Set(names.map(nameKey)).size, all.length, all.join(" "));
    const reversed = namesOf(all.toReversed()).toReversed();
    assert.deepEqual(reversed, names, all.join(" "));
  }
});

Deno.test("staysInside() refuses what leads out of a folder", () => {
  for (const name of ["a", "day 1/a", "a..b", "..a", "...", "a~2"]) assert.ok(staysInside(name), name);
  for (const name of ["", "..", "../a", "a/../../b", "/a", "a//b", "a/", ".", "a\\..\\b", "a\0b"]) {
    assert.ok(!staysInside(name), name);
  }
});
