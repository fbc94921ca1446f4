import assert from "node:assert/strict";
import type { Plane } from "../../../../core/gpu/compute.ts";
import { openCompute } from "../../../../core/gpu/open_compute.ts";
import { POSSIBLE } from "../../../../core/datasets/patch_labels.ts";
import { hairlineLabeller } from "../../../../core/label/hairline/hairline_label.ts";
import { stretch } from "../../../../core/label/hairline/join_confidences.ts";
import { defaultHairline, type HairlineSettings } from "../../../../core/label/hairline/settings.ts";
import { defaultFit } from "../../../../core/label/local_fit.ts";
import type { Label } from "../../../../core/label/labeller.ts";
import { defaultScales, predictAtScales } from "../../../../core/predict/predict_scales.ts";
import { guidedFilterOracle } from "../../../oracles/guided_filter.ts";
import { localFitOracle } from "../../../oracles/local_fit.ts";
import { resizeOracle } from "../../../oracles/resize.ts";
import { FakeSegmenter } from "../../predict/fake_segmenter.ts";
import {
  assertClose,
  type Content,
  CONTENTS,
  opaque,
  sharedCompute,
  SIZES,
  testImage,
} from "../../testing.ts";
import { LinearClassifier } from "./linear_classifier.ts";

const device = sharedCompute();

/** The settings with nothing but the network at the photo's own scale, changed. */
function settings(change: Partial<HairlineSettings> = {}): HairlineSettings {
  const scales = { levels: 1, start: 1, selectivity: 2, enlargement: 1 };
  return {
    ...defaultHairline,
    localisation: "none",
    scales,
    fitShare: 0,
    guidedRadius: 0,
    stretchPercentile: 0,
    pieces: "all",
    continuation: 1,
    unsureShare: 1,
    confidences: "raw",
    ...change,
  };
}

function photo(width: number, height: number, content: Content): ImageData {
  const { data } = testImage(width, height, 4, content, width);
  return opaque(new ImageData(Uint8ClampedArray.from(data), width, height));
}

/** What FakeSegmenter says of a photo at its own scale. */
function redness({ data }: ImageData): Float32Array {
  return Float32Array.from({ length: data.length / 4 }, (_, i) => data[4 * i] / 255);
}

async function label(image: ImageData, change: Partial<HairlineSettings>, stages = false): Promise<Label> {
  const labeller = hairlineLabeller(await device(), {
    segmenter: new FakeSegmenter(),
    classifier: new LinearClassifier(),
    settings: settings(change),
  });
  return await labeller.label(image, { stages });
}

function stageOf({ stages }: Label, key: string): Float32Array {
  const stage = stages.find((stage) => stage.key === key);
  assert.ok(stage, `${key} is among ${stages.map(({ key }) => key)}`);
  return stage.data;
}

Deno.test("hairlineLabeller() without all else gives what the network says, at any size and content", async () => {
  for (const [width, height] of SIZES) {
    for (const content of CONTENTS) {
      const image = photo(width, height, content);
      const { confidence, mask, crackPixels, usableForTraining, scales, stages } = await label(image, {
        labelThreshold: 0.6,
        minCrackPixels: 20,
      });
      const red = redness(image);
      assert.deepEqual(confidence, red);
      assert.deepEqual([...mask], [...red].map((value) => Number(value > 0.6)));
      assert.equal(crackPixels, mask.filter((value) => value === 1).length);
      assert.equal(usableForTraining, crackPixels >= 20);
      assert.deepEqual([scales, stages], [[{ scale: 1, weight: 1 }], []]);
    }
  }
});

Deno.test("hairlineLabeller() joins network and localisation by either mean, at any size and content", async () => {
  for (const [width, height] of SIZES) {
    for (const content of CONTENTS) {
      const image = photo(width, height, content);
      for (const fusion of ["geometric-mean", "mean"] as const) {
        const found = await label(image, { localisation: "dense", fusion }, true);
        const red = redness(image), located = stageOf(found, "localisation");
        const expected = red.map((p, i) =>
          fusion === "mean" ? (p + located[i]) / 2 : Math.sqrt(p * located[i])
        );
        assertClose(found.confidence, expected, 1e-6, `${width} × ${height} ${content}, ${fusion}`);
        assert.ok(located.every((value) => value > 0 && value < 1));
      }
    }
  }
});

Deno.test("hairlineLabeller() looks from the scale that suits the photo on, with both networks", async () => {
  const compute = await device();
  // Twice enlarged: it has no detail at its own scale.
  const large = resizeOracle(testImage(96, 80, 4, "crack"), { width: 192, height: 160, filter: "lanczos3" });
  const image = opaque(new ImageData(Uint8ClampedArray.from(large), 192, 160));
  const segmenter = new FakeSegmenter(), classifier = new LinearClassifier();
  const labeller = hairlineLabeller(compute, {
    segmenter,
    classifier,
    settings: settings({
      localisation: "dense",
      scales: { levels: 2, start: "auto", selectivity: 2, enlargement: 1 },
    }),
  });
  const { stages, scales, confidence } = await labeller.label(image, { stages: true });
  assert.deepEqual(scales?.map(({ scale }) => scale), [0.5, 0.25]);
  assert.deepEqual(segmenter.shown[0], [96, 80]);
  assert.deepEqual(classifier.shown, [[96, 96]]);
  assert.deepEqual(
    stages.map(({ key, width, height }) => [key, width, height]),
    [
      ["localisation", 192, 160],
      ["scale-1", 96, 80],
      ["scale-2", 48, 40],
      ["network", 192, 160],
      ["confidence", 192, 160],
    ],
  );
  const expected = await predictAtScales(compute, image, {
    segmenter,
    levels: 2,
    selectivity: 2,
    enlargement: 1,
  });
  assert.deepEqual(stages.find(({ key }) => key === "network")!.data, expected.confidence);
  assert.deepEqual(stages.at(-1)!.data, confidence);
});

Deno.test("hairlineLabeller() gives grey values their share, by the oracle, in windows as wide in all photos", async () => {
  for (const [width, height] of SIZES) {
    for (const content of ["flat", "crack", "saturated", "random"] as const) {
      const image = photo(width, height, content), share = 0.3;
      const found = await label(image, { fitShare: share });
      const seen = redness(image);
      const grey = Float32Array.from(
        { length: width * height },
        (_, i) => 0.299 * image.data[4 * i] + 0.587 * image.data[4 * i + 1] + 0.114 * image.data[4 * i + 2],
      );
      // What is hardly crack is ground.
      const possible = Uint8Array.from(seen, (p) => p > 0.02 ? POSSIBLE.crack : POSSIBLE.never);
      const fitted = localFitOracle({
        width,
        height,
        grey,
        confidence: seen,
        possible,
        settings: defaultFit,
        side: 4,
      });
      const expected = seen.map((p, i) => (1 - share) * p + share * fitted[i]);
      assertClose(found.confidence, expected, 1e-5, `${width} × ${height} ${content}`);
      assert.deepEqual([...found.mask], [...found.confidence].map((value) => Number(value > 0.5)));
    }
  }
});

Deno.test("hairlineLabeller() widens cracks that the network is not sure of, and none that it is sure of", async () => {
  const width = 9, height = 3;
  // A crack in the middle column, its edges, and something as doubtful that does not hang together with it.
  const across = (sure: number) => [0, 100, 0, 0, 100, sure, 100, 0, 0];
  for (const [sure, expected] of [[180, [4, 5, 6]], [240, [5]]] as const) {
    const image = opaque(new ImageData(width, height));
    for (let i = 0; i < width * height; i++) image.data[4 * i] = across(sure)[i % width];
    const { mask, crackPixels } = await label(image, { unsureShare: 0.5 });
    const columns = across(sure).flatMap((_, x) => mask[x] === 1 ? [x] : []);
    assert.deepEqual([columns, crackPixels], [expected, height * expected.length], `${sure}`);
  }
});

Deno.test("hairlineLabeller() refines by the guided filter, by the oracle", async () => {
  for (const [width, height] of SIZES) {
    for (const content of ["flat", "crack", "saturated", "random"] as const) {
      const image = photo(width, height, content);
      const { confidence, ...rest } = await label(image, { guidedRadius: 3, guidedEpsilon: 0.02 }, true);
      const grey = Float32Array.from(
        { length: width * height },
        (_, i) =>
          (0.299 * image.data[4 * i] + 0.587 * image.data[4 * i + 1] + 0.114 * image.data[4 * i + 2]) / 255,
      );
      const plane = (data: Float32Array) => ({ width, height, channels: 1, data });
      const expected = guidedFilterOracle(plane(grey), plane(redness(image)), { radius: 3, epsilon: 0.02 })
        .map((value) => Math.min(1, Math.max(0, value)));
      assertClose(confidence, expected, 1e-5, `${width} × ${height} ${content}`);
      assert.deepEqual(stageOf({ confidence, ...rest }, "refined"), confidence);
    }
  }
});

Deno.test("hairlineLabeller() stretches last of all", async () => {
  const image = photo(64, 64, "slope");
  const change = { stretchPercentile: 90, stretchOffset: 0.1 };
  const { confidence, mask } = await label(image, change);
  assert.deepEqual(confidence, stretch(redness(image) as Float32Array<ArrayBuffer>, change));
  assert.deepEqual([...mask], [...confidence].map((value) => Number(value > 0.5)));
});

Deno.test("hairlineLabeller() asks the network for the mirror images that its settings say", async () => {
  const image = photo(33, 17, "random");
  const segmenter = new FakeSegmenter();
  const labeller = hairlineLabeller(await device(), { segmenter, settings: settings({ flips: "both" }) });
  const { confidence } = await labeller.label(image);
  assert.equal(segmenter.shown.length, 4);
  assertClose(confidence, redness(image), 1e-6, "each pixel is seen by itself");
});

Deno.test("hairlineLabeller() needs a classifier for a localisation only", async () => {
  const compute = await device();
  const segmenter = new FakeSegmenter();
  const dense = { ...defaultHairline, localisation: "dense" as const };
  assert.throws(() => hairlineLabeller(compute, { segmenter, settings: dense }), {
    name: "TypeError",
    message:
      "Cannot label by the method hairline with the localisation dense: there is no classifier; give one, or the localisation none.",
  });
  const labeller = hairlineLabeller(compute, { segmenter, settings: settings() });
  assert.deepEqual(labeller.stages.map(({ key }) => key), ["scale-1", "network", "confidence"]);
});

Deno.test("hairlineLabeller() refuses settings out of range, and names them", async () => {
  const compute = await device();
  const wrong: [Partial<Record<keyof HairlineSettings, unknown>>, RegExp][] = [
    [{ localisation: "cam" }, /with localisation cam: dense or none is wanted\.$/],
    [{ localisationWindow: 0 }, /with localisationWindow 0: a positive number of pixels is wanted\.$/],
    [{ localisationTile: 400 }, /with localisationTile 400: a multiple of 32 from 384 on is wanted\.$/],
    [{ localisationTile: 320 }, /localisationTile 320/],
    [{ scales: { ...defaultScales, levels: 0 } }, /at 0 scales/],
    [{ scales: { ...defaultScales, start: NaN } }, /from the scale NaN on/],
    [
      { scales: { ...defaultScales, enlargement: 0.5 } },
      /enlarge photos by 0\.5: a number from 1 on is wanted\.$/,
    ],
    [{ pieces: "some" }, /with pieces some: plausible or all is wanted\.$/],
    [{ shade: "none" }, /with shade none: drop or keep is wanted\.$/],
    [{ flips: "vertical" }, /with flips vertical: none or horizontal or both is wanted\.$/],
    [{ fitShare: 1.5 }, /with fitShare 1\.5: a number from 0 to 1 is wanted\.$/],
    [{ guidedRadius: 1.5 }, /with guidedRadius 1\.5: a whole number of pixels from 0 on is wanted\.$/],
    [{ guidedEpsilon: 0 }, /guidedEpsilon 0: a positive number/],
    [{ fusion: "product" }, /with fusion product: geometric-mean or mean is wanted\.$/],
    [{ stretchPercentile: 101 }, /stretchPercentile 101: a number from 0 to 100/],
    [{ stretchOffset: -1 }, /stretchOffset -1: a number from 0 on/],
    [{ labelThreshold: 1.5 }, /labelThreshold 1\.5: a number from 0 to 1/],
    [{ continuation: 2 }, /continuation 2: a number from 0 to 1/],
    [{ unsureShare: -1 }, /unsureShare -1: a number from 0 to 1/],
    [{ confidences: "all" }, /with confidences all: adjusted or raw is wanted\.$/],
    [{ minCrackPixels: NaN }, /minCrackPixels NaN/],
  ];
  for (const [change, message] of wrong) {
    const changed = { ...settings(), ...change } as HairlineSettings;
    assert.throws(() => hairlineLabeller(compute, { segmenter: new FakeSegmenter(), settings: changed }), {
      name: "RangeError",
      message,
    });
  }
});

Deno.test("hairlineLabeller() leaves no plane behind, and none where a network fails", async () => {
  // One of its own: others' buffers grow old in a shared one's pool.
  using compute = await openCompute();
  const image = photo(101, 67, "crack");
  const classifier = new LinearClassifier();
  const options = { classifier, settings: settings({ localisation: "dense", guidedRadius: 2 }) };
  const labeller = hairlineLabeller(compute, { segmenter: new FakeSegmenter(), ...options });
  await labeller.label(image, { stages: true });
  const before = compute.pooledBytes;
  await labeller.label(image, { stages: true });
  assert.equal(compute.pooledBytes, before);

  class Failing extends FakeSegmenter {
    override predict(): Promise<Plane> {
      return Promise.reject(new Error("Cannot see anything: it is dark."));
    }
  }
  const failing = hairlineLabeller(compute, { segmenter: new Failing(), ...options });
  await assert.rejects(failing.label(image), /it is dark/);
  const afterFailure = compute.pooledBytes;
  await assert.rejects(failing.label(image), /it is dark/);
  assert.equal(compute.pooledBytes, afterFailure);
});

/** A photo that is red where something is marked. */
function redWhere(width: number, height: number, isMarked: (x: number, y: number) => boolean): ImageData {
  const image = new ImageData(width, height);
  for (let i = 0; i < width * height; i++) {
    image.data.set([isMarked(i % width, Math.floor(i / width)) ? 245 : 20, 0, 0, 255], 4 * i);
  }
  return image;
}

Deno.test("hairlineLabeller() says why what is straight or ruled is not called crack", async () => {
  const size = [160, 140] as const;
  const wave = (x: number, y: number) => Math.abs(y - 40 - 12 * Math.sin(x / 14)) < 2.5;
  const band = (x: number, y: number) => Math.abs(y - 100 - x / 8) < 4;
  const joints = (x: number, y: number) => (x % 40 < 3 && x > 3) || (y % 35 < 3 && y > 3);
  const plausible = { pieces: "plausible" } as const;
  const crack = await label(redWhere(...size, wave), plausible);
  assert.equal(crack.warning, undefined);
  assert.ok(crack.crackPixels > 500);
  const beside = await label(redWhere(...size, (x, y) => wave(x, y) || band(x, y)), plausible);
  assert.ok(beside.mask.every((value, i) => value === crack.mask[i]));
  assert.match(
    beside.warning!,
    /^A piece that looks like crack is as straight and even .*: it is not called crack\.$/,
  );
  const wall = await label(redWhere(...size, joints), plausible);
  assert.equal(wall.crackPixels, 0);
  assert.match(
    wall.warning!,
    /^Of what looks like crack \d+ % runs straight .*: none of it is called crack\.$/,
  );
  const all = await label(redWhere(...size, band), { pieces: "all" });
  assert.ok(all.crackPixels > 500);
  assert.equal(all.warning, undefined);
});

Deno.test("hairlineLabeller() drops shade or keeps it, as its settings say", async () => {
  const [width, height] = [160, 140];
  const off = (x: number, y: number) => Math.abs(y - 70 - 12 * Math.sin(x / 14));
  const shade = redWhere(width, height, (x, y) => off(x, y) < 10);
  for (let i = 0; i < width * height; i++) {
    const [x, y] = [i % width, Math.floor(i / width)];
    // What is red all at once gets dark slowly: green and blue make up for it.
    const grey = 170 - 80 * Math.min(1, Math.max(0, 0.5 + (10 - off(x, y)) / 16));
    const rest = (grey - 0.299 * shade.data[4 * i]) / (0.587 + 0.114);
    shade.data.set([rest, rest], 4 * i + 1);
  }
  const plausible = { pieces: "plausible" } as const;
  assert.equal((await label(shade, plausible)).crackPixels, 0);
  const kept = await label(shade, { ...plausible, shade: "keep" });
  assert.ok(kept.crackPixels > 2000);
  assert.equal((await label(shade, { pieces: "all" })).crackPixels, kept.crackPixels);
});

Deno.test("hairlineLabeller() adjusts confidences to the mask, or leaves them raw, and changes neither mask nor stages", async () => {
  const { pieces, continuation, unsureShare, confidences } = defaultHairline;
  const usual = { pieces, continuation, unsureShare, confidences };
  const size = [160, 140] as const;
  const wave = (x: number, y: number) => Math.abs(y - 40 - 12 * Math.sin(x / 14)) < 2.5;
  const image = redWhere(...size, wave);
  // A crack that the network is mostly unsure of, with paler edges, and a ruled line that it is sure of.
  for (let i = 0; i < image.data.length / 4; i++) {
    const [x, y] = [i % size[0], Math.floor(i / size[0])];
    if (wave(x, y)) image.data[4 * i] = x < 20 ? 230 : 150;
    else if (wave(x, y - 3)) image.data[4 * i] = 90;
    else if (Math.abs(y - 100 - x / 8) < 4) image.data[4 * i] = 245;
  }
  const [adjusted, raw] = await Promise.all([
    label(image, usual, true),
    label(image, { ...usual, confidences: "raw" }, true),
  ]);
  assert.deepEqual(adjusted.mask, raw.mask);
  assert.deepEqual(adjusted.stages, raw.stages);
  const { labelThreshold: threshold } = defaultHairline;
  const above = ({ confidence }: Label) => Uint8Array.from(confidence, (c) => Number(c > threshold));
  assert.deepEqual(above(adjusted), adjusted.mask);
  assert.ok(above(raw).some((value, i) => value > raw.mask[i]), "nothing is left out");
  assert.ok(above(raw).some((value, i) => value < raw.mask[i]), "nothing is added");
});
