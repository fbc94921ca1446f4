import { anyObject, listOf, recordSchema, type Schema, TEXT } from "../../core/arguments.ts";
import { readRecord } from "../files/read_record.ts";

/** What is looked at of a training's card: by it, a training is known as the one that is wanted. */
const CARD = recordSchema<
  { readonly settings: object; readonly data: { readonly photos: readonly string[] } }
>({
  settings: anyObject(),
  data: recordSchema({ photos: listOf(TEXT, "a list of photos") }),
});

/**
 * Reads the card beside a network.
 *
 * @throws {Error} if it is damaged: a sentence that names what is.
 */
export async function readCard<Card extends object>(network: string): Promise<Card> {
  const remedy = "remove it and its network to train that anew";
  return await readRecord(`${network}.json`, CARD as unknown as Schema<Card>, remedy);
}
