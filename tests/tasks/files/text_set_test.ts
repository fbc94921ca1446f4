import assert from "node:assert/strict";
import { TextIndex, TextSet, TextTable } from "../../../tasks/files/text_set.ts";
import { random } from "../../core/images/image_fixtures.ts";

const TEXTS = [
  "",
  "a",
  "naïve 🧱",
  "\ufeffb",
  "x".repeat(2 ** 19),
  "y".repeat(2 ** 21),
  "é/".repeat(1000),
  "z",
];

Deno.test("TextTable gives back what it was given, texts larger than its pieces included", () => {
  const table = new TextTable();
  const given: string[] = [];
  for (let round = 0; round < 40; round++) {
    for (const text of TEXTS.slice(round % 8 === 0 ? 0 : 6)) {
      assert.equal(table.add(text), given.length);
      given.push(text);
    }
  }
  table.replace(3, "other");
  given[3] = "other";
  assert.equal(table.length, given.length);
  assert.deepEqual([...table], given);
});

Deno.test("TextSet numbers texts as a Map does, by their keys", () => {
  const next = random(5);
  const set = new TextSet((text) => text.toLowerCase()), map = new Map<string, [number, string]>();
  for (let i = 0; i < 5000; i++) {
    const text = `${next() < 0.5 ? "IMG" : "img"}_${Math.floor(next() * 2000)}`;
    assert.equal(set.find(text), map.get(text.toLowerCase())?.[0]);
    const [number] = map.get(text.toLowerCase()) ?? [map.size];
    if (number === map.size) map.set(text.toLowerCase(), [number, text]);
    assert.equal(set.add(text), number);
  }
  assert.equal(set.size, map.size);
  assert.deepEqual([...set], [...map.values()].map(([, text]) => text));
  set.respell(0, set.at(0).toUpperCase());
  assert.equal(set.find(set.at(0).toLowerCase()), 0);
});

Deno.test("TextIndex finds the first number that was added with a text, and keeps no text", () => {
  const next = random(6);
  const texts = Array.from({ length: 3000 }, () => `IMG_${Math.floor(next() * 1000)}`);
  const asked = new Set<number>();
  const index = new TextIndex((number) => {
    asked.add(number);
    return texts[number];
  });
  for (const [i, text] of texts.entries()) assert.equal(index.add(text, i), texts.indexOf(text));
  for (const text of texts) assert.equal(index.find(text), texts.indexOf(text));
  assert.equal(index.find("IMG_1000"), undefined);
  assert.deepEqual(asked, new Set(texts.map((text) => texts.indexOf(text))));
});
