import { meanFieldStep } from "../../../core/kernels/mean_field.ts";
import { assertClose, seeded, sharedCompute } from "../testing.ts";

const compute = sharedCompute();

Deno.test("meanFieldStep() is tanh of half of evidence and weighed messages, however large", async () => {
  const device = await compute();
  const size = { width: 7, height: 3, channels: 1 };
  const random = seeded(4);
  const [evidence, near, far] = [6, 2, 1e5].map((extent) =>
    Float32Array.from({ length: 21 }, (_, i) => i === 5 ? 0 : extent * (random() - 0.5))
  );
  for (const weights of [[0, 0], [1.5, 0], [0.5, 1], [0, 1e30]] as const) {
    using e = device.upload({ ...size, data: evidence });
    using a = device.upload({ ...size, data: near });
    using s = device.upload({ ...size, data: far });
    using difference = meanFieldStep({ evidence: e, messages: [a, s], weights });
    const expected = Array.from(
      evidence,
      (value, i) => Math.tanh((value + weights[0] * near[i] + weights[1] * far[i]) / 2),
    );
    assertClose(await difference.read(), expected, 1e-6, `${weights}`);
  }
});
