import type { BareClassifier } from "./bare_classifier.ts";
import { parameter } from "../layers/parameters.ts";
import { tf } from "../tfjs.ts";

/**
 * Sets a classifier that was trained on as many patches with crack as without for photos where only a `share` of them, above 0 and below
 * 1, shows crack: the logarithm of the odds, log(share / (1 − share)), is added to the logit of crack. This is Bayes' rule where nothing but
 * how common the classes are has changed (Saerens et al. 2002, doi:10.1162/089976602753284446, eq. 2.4); how patches are ranked stays.
 */
export function correctPrior(classifier: BareClassifier, share: number): void {
  const bias = parameter<tf.Rank.R1>(classifier.parameters, "predictions/bias");
  // Class 0 is crack.
  tf.tidy(() => bias.assign(bias.add(tf.tensor1d([Math.log(share / (1 - share)), 0]))));
}
