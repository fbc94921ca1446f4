/** Other people's image codecs, in plain JavaScript: oracles of the tests and peers of the benchmarks. */
export { decode as decodeWithFastPng, encode as encodeWithFastPng } from "npm:fast-png@8.0.0";
export { default as jpegJs } from "npm:jpeg-js@0.4.4";
export { GifWriter } from "npm:omggif@1.0.10";
