/**
 * The one door to the view library: versions are named here. `html` is JSX as a tagged template, which needs no build step.
 *
 * @module
 */
export { html } from "npm:htm@3.1.1/preact";
export { render, type VNode } from "npm:preact@10.26.9";
export { useEffect, useMemo, useRef } from "npm:preact@10.26.9/hooks";
export {
  batch,
  computed,
  effect,
  type ReadonlySignal,
  type Signal,
  signal,
  useSignal,
} from "npm:@preact/signals@2.3.1";
