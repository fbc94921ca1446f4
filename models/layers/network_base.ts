import { networkName } from "./network.ts";
import { createParameters, type Parameters, type ParameterSpecs } from "./parameters.ts";
import { tf } from "../tfjs.ts";

/** Where the values of a network come from. */
export interface NetworkValues {
  /** Seed of its untrained values. */
  readonly seed: number;
  /** Its values, once a backend is ready; untrained ones where left out. */
  readonly parameters?: (specs: ParameterSpecs) => Parameters;
}

/** The layers of a network, in as far as all networks have the same. */
interface NetworkLayers {
  readonly arch: string;
  readonly width: number;
}

/** What a {@linkcode NetworkBase} is made of. */
export interface NetworkBaseParts<Network extends NetworkLayers> extends NetworkValues {
  /** What messages call it, such as `classifier`. */
  readonly kind: string;
  readonly network: Network;
  /** The shapes of its parameters, by name. */
  readonly specs: ParameterSpecs;
}

/**
 * A network and its values. They are made at their first use, on the backend of that moment, and freed with the network.
 *
 * `Description` is all that a network of the same layers with the same untrained values is made of, as plain data: what a checkpoint
 * keeps beside the values, and what another thread is told.
 */
export abstract class NetworkBase<Network extends NetworkLayers, Description extends object>
  implements Disposable {
  /**
   * The layers of the network.
   *
   * @internal
   */
  readonly network: Network;
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

  constructor({ kind, network, specs, seed, parameters }: NetworkBaseParts<Network>) {
    this.network = network;
    this.seed = seed;
    this.specs = specs;
    this.#kind = kind;
    this.#create = () => parameters?.(specs) ?? createParameters(specs, seed);
  }

  /**
   * What it is, values aside.
   *
   * @internal
   */
  abstract get description(): Description;

  /** Such as `resnet18 × 0.5`. */
  get name(): string {
    return networkName(this.network);
  }

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

  /** Frees the network's memory. Disposing twice does nothing. */
  dispose(): void {
    if (this.#parameters) tf.dispose([...this.#parameters.values()]);
    this.#parameters = undefined;
    this.#create = undefined;
  }

  /** As {@linkcode NetworkBase.dispose}, for `using`. */
  [Symbol.dispose](): void {
    this.dispose();
  }
}
