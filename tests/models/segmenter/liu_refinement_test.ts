import { refineLiuDeepcrack } from "../../../models/segmenter/liu_deepcrack.ts";
import { assertClose, sharedCompute, testImage } from "../../core/testing.ts";
import { guidedFilterOracle } from "../../oracles/guided_filter.ts";

const shared = sharedCompute();

Deno.test("refineLiuDeepcrack() filters what exceeds the threshold, guided by the first side output", async () => {
  const compute = await shared();
  const [fused, side1] = [3, 4].map((seed) => {
    const { data, ...shape } = testImage(33, 17, 1, "crack", seed);
    return { ...shape, data: Float32Array.from(data, (value) => value / 255) };
  });
  for (const threshold of [undefined, 0.55]) {
    const crack = { ...fused, data: fused.data.map((value) => value > (threshold ?? 0.31) ? 1 : 0) };
    using fusedPlane = compute.upload(fused);
    using sidePlane = compute.upload(side1);
    using refined = refineLiuDeepcrack(fusedPlane, sidePlane, { threshold });
    const expected = guidedFilterOracle(side1, crack, { radius: 5, epsilon: 0.065 });
    assertClose(await refined.read(), expected, 1e-5, `threshold ${threshold}`);
  }
});
