import assert from "node:assert/strict";
import { namePaths } from "../../../tasks/files/photos.ts";

Deno.test("namePaths() fits into a heading, however many paths there are", () => {
  assert.equal(namePaths(["photos/"]), "photos/");
  assert.equal(namePaths(["a.jpg", "b.jpg"]), "a.jpg and b.jpg");
  assert.equal(namePaths(["a.jpg", "b.jpg", "c.jpg"]), "a.jpg and 2 others");
});
