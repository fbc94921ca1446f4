/** Blocks of one shape: a row of the tables that describe MobileNetV2 and EfficientNets. */
export interface Stage {
  /** Channels within a block, as a multiple of those that it is given. */
  readonly expansion: number;
  /** Of the filters. */
  readonly side: number;
  readonly blocks: number;
  readonly channels: number;
  /** Of the first block; that of the others is 1. */
  readonly stride: number;
}

/** What an inverted residual consists of. */
export interface BlockShape extends Pick<Stage, "expansion" | "side" | "stride"> {
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
}

/** Channels are multiples of this. */
const DIVISOR = 8;

/** The nearest multiple of 8, but by no more than a tenth down: how both families scale their channels, in their published code and in Keras. */
export function roundChannels(channels: number): number {
  const rounded = Math.max(DIVISOR, DIVISOR * Math.floor(channels / DIVISOR + 0.5));
  return rounded < 0.9 * channels ? rounded + DIVISOR : rounded;
}

/**
 * The blocks of all stages in their order, each given what the one before it makes.
 *
 * @param inputs channels that the first is given.
 * @param nameOf what block `j` of stage `i` is called, the `index`-th of all.
 */
export function blocksOf(
  stages: readonly Stage[],
  inputs: number,
  nameOf: (place: { readonly i: number; readonly j: number; readonly index: number }) => string,
): BlockShape[] {
  const blocks: BlockShape[] = [];
  for (const [i, { blocks: count, channels: outputs, stride, ...stage }] of stages.entries()) {
    for (let j = 0; j < count; j++) {
      const name = nameOf({ i, j, index: blocks.length });
      const before = blocks.at(-1)?.outputs ?? inputs;
      blocks.push({ ...stage, name, stride: j === 0 ? stride : 1, inputs: before, outputs });
    }
  }
  return blocks;
}
