import assert from "node:assert/strict";
import { applyThreshold } from "../../../../core/kernels/apply_threshold.ts";
import { grayscale } from "../../../../core/kernels/grayscale.ts";
import { niblackThreshold } from "../../../../core/kernels/niblack_threshold.ts";
import { otsuThresholds } from "../../../../core/kernels/otsu_thresholds.ts";
import { sauvolaThreshold } from "../../../../core/kernels/sauvola_threshold.ts";
import type { Plane } from "../../../../core/gpu/compute.ts";
import { uploadImage } from "../../../../core/images/upload_image.ts";
import { niblackLabeller, sauvolaLabeller } from "../../../../core/label/classical/local_thresholds.ts";
import { frangiLabeller, satoLabeller } from "../../../../core/label/classical/ridges.ts";
import type { Labeller } from "../../../../core/label/labeller.ts";
import { classicalLabellers } from "../../../../core/label/labellers.ts";
import { methods } from "../../../../core/label/methods.ts";
import { sharedCompute, testPhoto } from "../../testing.ts";

const compute = sharedCompute();

const METHODS = Object.entries(classicalLabellers);

/** What a kernel makes of the grey values of a photo. */
async function kernelOf(
  photo: ImageData,
  apply: (grey: Plane) => Plane | Promise<Plane>,
): Promise<Float32Array> {
  using colours = uploadImage(await compute(), photo);
  using grey = grayscale(colours);
  using result = await apply(grey);
  return await result.read();
}

for (const [id, factory] of METHODS) {
  Deno.test(`labellers["${id}"] gives a mask of its confidence, 0..1, for photos of any size and content`, async () => {
    const labeller = factory(await compute());
    for (const [width, height] of [[1, 1], [1, 7], [33, 17]]) {
      for (const content of ["white", "flat", "saturated", "random"] as const) {
        const photo = testPhoto(width, height, content);
        const { confidence, mask, crackPixels, usableForTraining } = await labeller.label(photo);
        const about = `${width} × ${height} ${content}`;
        assert.equal(confidence.length, width * height, about);
        assert.ok(confidence.every((value) => value >= 0 && value <= 1), about);
        assert.deepEqual(mask, Uint8Array.from(confidence, (value) => value > 0.5 ? 1 : 0), about);
        assert.equal(crackPixels, mask.filter((value) => value === 1).length, about);
        assert.equal(usableForTraining, crackPixels >= 100, about);
        if (["white", "flat"].includes(content)) assert.equal(crackPixels, 0, about);
      }
    }
  });

  Deno.test(`labellers["${id}"] finds a dark line, whatever is transparent, and nothing there`, async () => {
    const labeller = factory(await compute());
    const photo = testPhoto(80, 60, "flat");
    const onLine = (i: number) => Math.abs(i % 80 - 30 - Math.sin(Math.floor(i / 80) / 12)) < 1.5;
    for (let i = 0; i < 80 * 60; i++) if (onLine(i)) photo.data.fill(40, 4 * i, 4 * i + 3);
    const plain = await labeller.label(photo);
    const right = plain.mask.filter((value, i) => value === 1 && onLine(i)).length;
    const there = plain.mask.filter((_, i) => onLine(i)).length;
    assert.ok(right > 0.7 * there, `${right} of ${there} pixels are found`);
    assert.equal(methods[id as keyof typeof classicalLabellers].title, labeller.title);

    // The right half is transparent, and black as files often store it.
    for (let i = 0; i < 80 * 60; i++) if (i % 80 >= 45) photo.data.set([0, 0, 0, 0], 4 * i);
    const { mask, confidence } = await labeller.label(photo);
    assert.equal(confidence.filter((value, i) => i % 80 >= 45 && value > 0).length, 0);
    const stillRight = mask.filter((value, i) => value === 1 && onLine(i)).length;
    assert.ok(stillRight > 0.7 * there, `${stillRight} of ${there} pixels are found beside transparent ones`);
  });
}

Deno.test("otsu and multi-otsu label the darkest class of the whole photo", async () => {
  for (const [id, classes] of [["otsu", 2], ["multi-otsu", 3]] as const) {
    for (const content of ["crack", "random", "slope", "saturated"] as const) {
      const photo = testPhoto(41, 29, content);
      // Values are whole, as the kernel for thresholds wants them: all three colours are alike.
      for (let i = 0; i < photo.data.length; i += 4) photo.data.fill(photo.data[i], i, i + 3);
      const { mask } = await classicalLabellers[id](await compute()).label(photo);
      const dark = await kernelOf(photo, async (grey) => {
        const [threshold] = await otsuThresholds(grey, { classes: content === "saturated" ? 2 : classes });
        return applyThreshold(grey, threshold < 0 ? threshold : threshold + 0.5);
      });
      assert.deepEqual(mask, Uint8Array.from(dark), `${id} ${content}`);
    }
  }
});

Deno.test("niblack and sauvola label as the kernels of their names threshold, and another confidence is another k", async () => {
  const photo = testPhoto(67, 41, "crack");
  const options = { windowSize: 15, k: 0.3 };
  for (
    const [labeller, threshold] of [
      [niblackLabeller(await compute(), { settings: options }), niblackThreshold],
      [sauvolaLabeller(await compute(), { settings: options }), sauvolaThreshold],
    ] as const
  ) {
    const { mask, confidence } = await labeller.label(photo);
    const dark = await kernelOf(photo, (grey) => threshold(grey, options));
    // At most where a value equals its threshold but for rounding.
    const differ = mask.filter((value, i) => value !== dark[i]).length;
    assert.ok(differ <= 2, `${labeller.id}: ${differ} pixels differ`);
    const darker = await kernelOf(photo, (grey) => threshold(grey, { ...options, k: 0.6 }));
    const differing = confidence.filter((value, i) => Number(value > 2 / 3) !== darker[i]).length;
    assert.ok(differing <= 2, `${labeller.id}: ${differing} pixels differ with a k of 0.6`);
  }
});

Deno.test("labellers without a network take settings and say which they have", async () => {
  const device = await compute();
  const labellers: [Labeller, object][] = [
    [satoLabeller(device), { sigmas: [3, 5, 7] }],
    [satoLabeller(device, { settings: { sigmas: [2] } }), { sigmas: [2] }],
    [frangiLabeller(device, { settings: { beta: 1 } }), { sigmas: [3, 5, 7], beta: 1 }],
    [niblackLabeller(device, { settings: { k: 1 } }), { windowSize: 33, k: 1 }],
    [sauvolaLabeller(device), { windowSize: 33, k: 0.2, r: 128 }],
  ];
  for (const [{ settings }, expected] of labellers) assert.deepEqual(settings, expected);
  for (const k of [0, -1, NaN]) {
    assert.throws(() => niblackLabeller(device, { settings: { k } }), {
      name: "RangeError",
      message: `Cannot label by Niblack's threshold with a k of ${k}: a positive number is wanted.`,
    });
  }
  assert.throws(() => sauvolaLabeller(device, { settings: { r: 0 } }), { message: /with an r of 0/ });
});

Deno.test("labellers without a network read no map off the device that nobody looks at", async () => {
  const device = await compute();
  const photo = testPhoto(33, 17, "crack");
  const reads = async (labeller: Labeller, stages: boolean) => {
    const read = device.read;
    let values = 0;
    device.read = (planes) => {
      for (const { length } of planes) values += length;
      return read.call(device, planes);
    };
    try {
      await labeller.label(photo, { stages });
    } finally {
      device.read = read;
    }
    return values;
  };
  for (const [id, maps] of [["tanaka", 1], ["a-trous", 2], ["sato", 0]] as const) {
    const labeller = classicalLabellers[id](device);
    assert.equal(await reads(labeller, true) - await reads(labeller, false), maps * 33 * 17, id);
  }
});
