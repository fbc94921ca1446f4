import { tf } from "../tfjs.ts";
import { FoldedLayers } from "./folded_layers.ts";
import { type Network, networkName, type NetworkRun } from "./network.ts";
import { createParameters, type Parameters, type ParameterSpecs } from "./parameters.ts";

/** Where the values of a network come from. */
export interface NetworkValues {
  /** Seed of its untrained values. */
  readonly seed: number;
  /** Its values, once a backend is ready; untrained ones where left out. */
  readonly parameters?: (specs: ParameterSpecs) => Parameters;
  /** Whether it is only ever shown images: then it keeps each layer's values once, batch norm folded in. Default false. */
  readonly inferenceOnly?: boolean;
}

/** What a {@linkcode NetworkBase} is made of. */
export interface NetworkBaseParts<Layers extends Network> extends NetworkValues {
  /** What messages call it, such as `classifier`. */
  readonly kind: string;
  readonly network: Layers;
  /** The shapes of its parameters, by name. */
  readonly specs: ParameterSpecs;
}

/**
 * A network and its values. They are made at their first use, on the backend of that moment, and freed with the network.
 *
 * `Description` is all that a network of the same layers with the same untrained values is made of, as plain data: what a checkpoint
 * keeps beside the values, and what another thread is given.
 */
export abstract class NetworkBase<Layers extends Network, Description extends object> implements Disposable {
  /**
   * The layers of the network.
   *
   * @internal
   */
  readonly network: Layers;
  /** Such as `resnet18 × 0.5`. */
  readonly name: string;
  /** Seed of the values that it had before training. */
  readonly seed: number;
  /**
   * The shapes of its parameters, by name.
   *
   * @internal
   */
  readonly specs: ParameterSpecs;
  readonly #kind: string;
  #create: (() => Parameters) | undefined;
  #parameters: Parameters | undefined;
  readonly #inferenceOnly: boolean;
  #folded: FoldedLayers | undefined;

  constructor(parts: NetworkBaseParts<Layers>) {
    const { kind, network, specs, seed, parameters, inferenceOnly = false } = parts;
    this.network = network;
    this.name = networkName(network);
    this.seed = seed;
    this.specs = specs;
    this.#kind = kind;
    this.#inferenceOnly = inferenceOnly;
    this.#create = () => parameters?.(specs) ?? createParameters(specs, seed);
  }

  /**
   * What it is, values aside.
   *
   * @internal
   */
  abstract get description(): Description;

  /**
   * Its values, by name. They are made at the first use, on the backend of that moment.
   *
   * @throws {TypeError} if it was disposed of.
   * @internal
   */
  get parameters(): Parameters {
    if (this.#parameters) return this.#parameters;
    if (!this.#create) {
      throw new TypeError(
        `Cannot use the ${this.#kind} ${this.name}: it was disposed of earlier; keep it until its last use.`,
      );
    }
    this.#parameters = this.#create();
    // What it was made of need not be kept in memory twice.
    this.#create = undefined;
    return this.#parameters;
  }

  /**
   * The variables that training moves, by name.
   *
   * @internal
   */
  get trainable(): ReadonlyMap<string, tf.Variable> {
    return new Map([...this.parameters].filter(([, { trainable }]) => trainable));
  }

  /**
   * Its outputs as training sees them: normalised by the batch's own statistics, which move the running ones; differentiable with respect to
   * {@linkcode NetworkBase.trainable}.
   *
   * @param x N × H × W × 3, RGB 0..255, H and W multiples of the network's.
   * @internal
   */
  protected train(x: tf.Tensor4D, { momentum }: Pick<NetworkRun, "momentum">): tf.Tensor4D[] {
    return this.network.run(x, { parameters: this.parameters, training: true, momentum });
  }

  /**
   * Its outputs by the running statistics.
   *
   * @param x N × H × W × 3, RGB 0..255, H and W multiples of the network's.
   * @internal
   */
  protected infer(x: tf.Tensor4D, { auxiliary }: Pick<NetworkRun, "auxiliary"> = {}): tf.Tensor4D[] {
    return this.network.run(x, { ...this.values, training: false, auxiliary });
  }

  /**
   * Its values, and its layers with batch norms folded in, as predictions take them.
   *
   * @internal
   */
  protected get values(): Required<Pick<NetworkRun, "parameters" | "folded">> {
    const { parameters } = this;
    this.#folded ??= new FoldedLayers(parameters, { consume: this.#inferenceOnly });
    return { parameters, folded: this.#folded };
  }

  /** Frees the network's memory. Disposing twice does nothing. */
  dispose(): void {
    this.#folded?.[Symbol.dispose]();
    this.#folded = undefined;
    if (this.#parameters) tf.dispose([...this.#parameters.values()]);
    this.#parameters = undefined;
    this.#create = undefined;
  }

  /** As {@linkcode NetworkBase.dispose}, for `using`. */
  [Symbol.dispose](): void {
    this.dispose();
  }
}
