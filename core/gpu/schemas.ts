import { having, type Schema } from "../arguments.ts";
import type { Compute, Plane } from "./compute.ts";

/** A device. */
export const COMPUTE: Schema<Compute> = having<Compute>(
  ["upload", "create", "run"],
  "a device such as await openCompute() gives",
);

/** Pixels on a device. */
export const PLANE: Schema<Plane> = having<Plane>(
  ["read", "dispose"],
  "a plane such as compute.upload() and the kernels give",
);
