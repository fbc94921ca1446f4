/**
 * Scales and lines of d3, for figures drawn as SVG: their versions are named here and nowhere else. Both run without any permission.
 *
 * @module
 */
// @ts-types="npm:@types/d3-scale@4.0.9"
export { scaleLinear } from "npm:d3-scale@4.0.2";
// @ts-types="npm:@types/d3-shape@3.1.8"
export { line } from "npm:d3-shape@3.2.0";
