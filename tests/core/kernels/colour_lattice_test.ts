import { openColourLattice } from "../../../core/kernels/colour_lattice.ts";
import { uploadImage } from "../../../core/images/upload_image.ts";
import { permutohedralOracle } from "../../oracles/permutohedral_lattice.ts";
import { assertClose, CONTENTS, seeded, sharedCompute, testPhoto } from "../testing.ts";

const compute = sharedCompute();

Deno.test("ColourLattice filters as the definition of the lattice says, at odd sizes and any content", async () => {
  const device = await compute();
  for (const [width, height] of [[1, 1], [1, 7], [9, 7]]) {
    for (const content of CONTENTS) {
      // No round numbers: what lies on a border between simplices may be put into either, which have other neighbours.
      for (const [sigmaSpace, sigmaColour] of [[2.93, 41.7], [0.71, 9.3]]) {
        const image = testPhoto(width, height, content);
        const random = seeded(2);
        const data = Float32Array.from({ length: width * height }, () => 2 * random() - 1);
        using photo = uploadImage(device, image);
        using lattice = await openColourLattice(photo, { sigmaSpace, sigmaColour });
        using plane = device.upload({ width, height, channels: 1, data });
        const points = Array.from(data, (_, i) => [
          i % width / sigmaSpace,
          Math.floor(i / width) / sigmaSpace,
          ...Array.from(image.data.subarray(4 * i, 4 * i + 3), (level) => level / sigmaColour),
        ]);
        const expected = permutohedralOracle(points, Array.from(data));
        const tolerance = 1e-4 * Math.max(...expected.map(Math.abs));
        // Twice: nothing of the first time may be left.
        for (let time = 0; time < 2; time++) {
          using filtered = lattice.filter(plane);
          assertClose(await filtered.read(), expected, tolerance, `${width} × ${height} ${content}`);
        }
      }
    }
  }
});

Deno.test("ColourLattice filters by D^−½ K D^−½ where it is normalised, K being its filter and D the sums of K's rows", async () => {
  const device = await compute();
  const [width, height] = [9, 7], sigmas = { sigmaSpace: 2.93, sigmaColour: 41.7 };
  const random = seeded(3);
  const size = { width, height, channels: 1 };
  const data = Float32Array.from({ length: width * height }, () => 2 * random() - 1);
  using photo = uploadImage(device, testPhoto(width, height, "random"));
  using plain = await openColourLattice(photo, sigmas);
  using lattice = await openColourLattice(photo, { ...sigmas, normalised: true });
  using ones = device.upload({ ...size, data: new Float32Array(data.length).fill(1) });
  using sums = plain.filter(ones);
  const roots = (await sums.read()).map((sum) => 1 / Math.sqrt(sum));
  using scaled = device.upload({ ...size, data: data.map((value, i) => value * roots[i]) });
  using product = plain.filter(scaled);
  const expected = (await product.read()).map((value, i) => value * roots[i]);
  // Of two channels, the first.
  const pairs = Float32Array.from({ length: 2 * data.length }, (_, i) => i % 2 === 0 ? data[i / 2] : NaN);
  using plane = device.upload({ ...size, channels: 2, data: pairs });
  using filtered = lattice.filter(plane);
  assertClose(await filtered.read(), expected, 1e-5, "normalised");
});
