/** A kind of file that people take for weights, by its first bytes. */
interface ForeignFile {
  /** What it is, as a part of a sentence. */
  readonly name: string;
  /** How to come to weights that are read. */
  readonly remedy: string;
}

const HTML: ForeignFile = {
  name: "an HTML page",
  remedy: "download the file itself, and not the page that asks to confirm it or to sign in",
};
const LFS: ForeignFile = {
  name: "a pointer of Git LFS, which stands for the file in a repository",
  remedy: 'run "git lfs pull" there, or download the file itself',
};
const PYTORCH: ForeignFile = {
  name: "a PyTorch file, as torch.save() writes",
  remedy:
    "convert it in Python: safetensors.torch.save_file(torch.load(FILE, weights_only=True), NEW_FILE), " +
    "where what it holds are tensors by name, and begin a training with --start NEW_FILE",
};
const KERAS: ForeignFile = {
  name: "a Keras file",
  remedy:
    "write it in Keras as model.save_weights(NEW_FILE.h5), version 2, or model.save(NEW_FILE.h5), and begin a " +
    "training with --start NEW_FILE.h5",
};
const HDF5: ForeignFile = {
  name: "an HDF5 file, as Keras writes",
  remedy: "begin a training with --start FILE",
};
const ONNX: ForeignFile = {
  name: "an ONNX model",
  remedy:
    "take the weights that it was exported from: safetensors, Keras .h5 or a tfjs model, and begin a training " +
    "with --start FILE",
};
const TFLITE: ForeignFile = { ...ONNX, name: "a TensorFlow Lite model" };
const ZIP: ForeignFile = { name: "a ZIP archive", remedy: "unpack it first" };
const GZIP: ForeignFile = { name: "a gzip archive", remedy: "unpack it first" };
const JSON_TEXT: ForeignFile = {
  name: "text in JSON",
  remedy: "if it is the model.json of a tfjs model, begin a training with --start FILE",
};

/** The bytes looked at. */
const LOOKED_AT = 4096;

/** What a file is that is no safetensors file; `undefined` where that is not known. */
export function recogniseForeignFile(bytes: Uint8Array): ForeignFile | undefined {
  const text = String.fromCharCode(...bytes.subarray(0, LOOKED_AT));
  const [first, second, third] = bytes;
  if (/^(?:\xef\xbb\xbf)?\s*<(?:!doctype html|html|head|\?xml)/i.test(text)) return HTML;
  if (text.startsWith("version https://git-lfs")) return LFS;
  if (text.startsWith("PK\x03\x04")) {
    if (/data\.pkl|\.data\/|archive\/|byteorder/.test(text)) return PYTORCH;
    return /model\.weights\.h5|metadata\.json|config\.json/.test(text) ? KERAS : ZIP;
  }
  // Pickles of protocol 2 to 5, as torch.save() wrote before its archives.
  if (first === 0x80 && second >= 2 && second <= 5) return PYTORCH;
  if (text.startsWith("\x89HDF\r\n\x1a\n")) return HDF5;
  if (first === 0x1f && second === 0x8b) return GZIP;
  if (text.slice(4, 8) === "TFL3") return TFLITE;
  // A ModelProto begins with ir_version, field 1; then come its producer or domain, its graph or its operator sets.
  if (first === 0x08 && second < 0x20 && [0x12, 0x1a, 0x22, 0x3a, 0x42].includes(third)) return ONNX;
  if (/^\s*[{[]\s*["{[]/.test(text)) return JSON_TEXT;
  return undefined;
}
