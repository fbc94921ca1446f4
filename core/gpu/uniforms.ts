/** Bytes of one slot: the largest alignment that WebGPU asks of a uniform's offset, and the room for a kernel's parameters. */
const SLOT = 256;
const SLOTS = 1024;

/** Values of a {@linkcode UniformStruct} by the names of its fields: a number, or as many as a vector has. */
export type UniformValues = Readonly<Record<string, number | readonly number[]>>;

/** A field of a struct: a number or a vector of numbers. */
export interface UniformField {
  /** As the WGSL calls it. */
  name: string;
  /** Type of its numbers. */
  scalar: "u32" | "i32" | "f32";
  /** Numbers in it, 1 to 4. */
  length: number;
  /** Words of 4 bytes that lie before it. */
  word: number;
}

const SCALARS: Record<string, UniformField["scalar"]> = { u: "u32", i: "i32", f: "f32" };

/** A struct that a kernel is given as a uniform, read off its WGSL by {@linkcode readUniformStruct}. */
export interface UniformStruct {
  /** The kernel's label, for errors. */
  kernel: string;
  /** In the order of the WGSL; none where there is no such struct. */
  fields: readonly UniformField[];
}

/**
 * Reads a struct off WGSL: its fields and where WGSL puts them, a number at a multiple of 4 bytes, a vector of two at one of 8, of
 * three or four at one of 16 (https://www.w3.org/TR/WGSL/#alignment-and-size).
 *
 * @param kernel label of the kernel.
 * @param code WGSL, its marks already filled.
 * @param name of the struct.
 * @throws {TypeError} if a field is something else.
 * @throws {RangeError} if the struct has no room in a slot.
 */
export function readUniformStruct(kernel: string, code: string, name: string): UniformStruct {
  const withoutComments = code.replaceAll(/\/\/.*|\/\*[^]*?\*\//g, "");
  const body = withoutComments.match(new RegExp(`\\bstruct\\s+${name}\\s*\\{([^}]*)\\}`))?.[1] ?? "";
  let words = 0;
  const fields = body.split(",").map((text) => text.trim()).filter(Boolean).map((text): UniformField => {
    const found = text.match(/^([^\s:@]+)\s*:\s*(?:([uif])32|vec([234])(?:([uif])|<([uif])32>))$/);
    if (!found) {
      throw new TypeError(
        `Cannot build kernel ${kernel}: its ${name} has the field "${text}", u32, i32, f32 or a vector of them is wanted.`,
      );
    }
    const [, field, scalar, count = "1", ofVector, inBrackets] = found;
    const length = Number(count);
    const alignment = length === 3 ? 4 : length;
    const word = Math.ceil(words / alignment) * alignment;
    words = word + length;
    return { name: field, scalar: SCALARS[scalar ?? ofVector ?? inBrackets], length, word };
  });
  if (words * 4 > SLOT) throw new RangeError(`Cannot pass more than ${SLOT / 4} parameters to a kernel.`);
  return { kernel, fields };
}

/** The small parameters of all kernels of one submission, in one buffer that is written once. */
export class UniformArena {
  readonly #device: GPUDevice;
  readonly #bytes = new ArrayBuffer(SLOT * SLOTS);
  readonly #u32 = new Uint32Array(this.#bytes);
  readonly #i32 = new Int32Array(this.#bytes);
  readonly #f32 = new Float32Array(this.#bytes);
  /** The buffer that the slots lie in. */
  readonly buffer: GPUBuffer;
  #used = 0;

  constructor(device: GPUDevice) {
    this.#device = device;
    this.buffer = device.createBuffer({
      label: "uniforms",
      size: this.#bytes.byteLength,
      usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
    });
  }

  /** True if `slots` more fit before the next {@linkcode UniformArena.write}. */
  hasRoom(slots: number): boolean {
    return this.#used + slots <= SLOTS;
  }

  /**
   * Fills the next slot.
   *
   * @throws {TypeError} if a field has no value, a value no field, or a vector another number of values.
   * @throws {RangeError} if a value is none of its field's type.
   */
  slot(struct: UniformStruct, values: UniformValues): GPUBufferBinding {
    const offset = this.#used * SLOT;
    let given = 0;
    for (const _ in values) given++;
    if (given !== struct.fields.length) throw wrongNames(struct, values);
    for (const field of struct.fields) {
      const value = values[field.name];
      if (value === undefined) throw wrongNames(struct, values);
      const at = offset / 4 + field.word;
      if (typeof value === "number" && field.length === 1) {
        this.#write(struct, field, value, at);
      } else if (typeof value === "object" && field.length === value.length) {
        for (let i = 0; i < value.length; i++) this.#write(struct, field, value[i], at + i);
      } else {
        throw new TypeError(
          `Cannot run kernel ${struct.kernel}: its parameter ${field.name} is [${value}], ` +
            (field.length === 1 ? "a number is wanted." : `${field.length} numbers are wanted.`),
        );
      }
    }
    this.#used++;
    return { buffer: this.buffer, offset, size: SLOT };
  }

  /** Sends the slots to the device, ahead of the submission that reads them. */
  write(): void {
    this.#device.queue.writeBuffer(this.buffer, 0, this.#bytes, 0, this.#used * SLOT);
    this.#used = 0;
  }

  /** Writes a number at a word; a float takes any, rounded to float32. */
  #write({ kernel }: UniformStruct, { name, scalar }: UniformField, value: number, at: number): void {
    if (scalar === "f32") this.#f32[at] = value;
    else if (scalar === "u32" && value >>> 0 === value) this.#u32[at] = value;
    else if (scalar === "i32" && (value | 0) === value) this.#i32[at] = value;
    else {
      const range = scalar === "u32" ? `0 to ${2 ** 32 - 1}` : `${-(2 ** 31)} to ${2 ** 31 - 1}`;
      throw new RangeError(
        `Cannot run kernel ${kernel}: its parameter ${name} is ${value}, an integer from ${range} is wanted.`,
      );
    }
  }
}

/** Says which names are no fields or, where all are, which fields have no value. */
function wrongNames({ kernel, fields }: UniformStruct, values: UniformValues): TypeError {
  const known = fields.map(({ name }) => name);
  const surplus = Object.keys(values).filter((name) => !known.includes(name));
  if (surplus.length > 0) {
    const wanted = known.length === 0 ? "none is wanted" : `${known.join(", ")} ${isOrAre(known)} wanted`;
    return new TypeError(
      `Cannot run kernel ${kernel}: it has no parameter ${surplus.join(", ")}; ${wanted}.`,
    );
  }
  const missing = known.filter((name) => values[name] === undefined);
  return new TypeError(
    `Cannot run kernel ${kernel}: its parameter ${missing.join(", ")} ${isOrAre(missing)} missing.`,
  );
}

function isOrAre(names: readonly string[]): string {
  return names.length === 1 ? "is" : "are";
}
