import assert from "node:assert/strict";
import { defaultHairline } from "../../../core/label/hairline/settings.ts";
import { settingsDifference } from "../../../tasks/label/manifest.ts";

Deno.test("settingsDifference() takes settings that the first manifests of hairline lack as they were in effect then", () => {
  const { localisation, scales, labelThreshold } = defaultHairline;
  const first = { localisation, scales, labelThreshold };
  const by = (parameters: object) => ({ method: "hairline", parameters });
  const asThen = {
    pieces: "all",
    shade: "keep",
    flips: "none",
    continuation: 1,
    fitShare: 0,
    unsureShare: 1,
    confidences: "raw",
  };
  assert.equal(settingsDifference(by(first), by({ ...first, ...asThen })), undefined);
  const changes = [
    ["pieces", "all", "plausible"],
    ["shade", "keep", "drop"],
    ["continuation", 1, 0.5],
    ["fitShare", 0, 0.5],
    ["unsureShare", 1, 0.5],
    ["confidences", "raw", "adjusted"],
  ] as const;
  for (const [field, was, is] of changes) {
    const now = { ...first, ...asThen, [field]: is };
    assert.deepEqual(settingsDifference(by(first), by(now)), { was: `${field} ${was}`, is: String(is) });
  }
  const { enlargement: _, ...scalesThen } = scales;
  const then = { ...first, scales: scalesThen };
  assert.equal(
    settingsDifference(by(then), by({ ...then, scales: { ...scales, enlargement: 1 } })),
    undefined,
  );
  assert.match(settingsDifference(by(then), by(first))!.was, /^scales .*"enlargement":1\}$/);
});
