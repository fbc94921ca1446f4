import { dirname } from "node:path";
import { unlessMissing } from "./presence.ts";

/** What is waited for, and how long, in milliseconds. */
export interface Patience {
  /** Whether the work has been done by now. */
  readonly isDone?: () => Promise<boolean>;
  /** After a claim has stayed as it is for so long, whoever made it is taken for dead. */
  readonly quiet?: number;
  /** So long is waited in all. */
  readonly most?: number;
  /** The time from one look to the next. */
  readonly look?: number;
}

/** A claim is renewed so often while it could be taken for dead once. */
const RENEWALS = 6;

/**
 * Claims a piece of work that several processes, on other machines, too, are about to do, by a file that is to be made: to make one that is not there succeeds
 * for one of them only, on NFS as well. The others wait until it is gone. Whoever made it changes it again and again, so that the others see that it lives
 * by their own clocks, whatever those of other machines say, and no process is asked whether it is there.
 *
 * Two may get one claim where one of them stood still for a while: it saves work, and nothing may rest on it.
 *
 * @param path the file; its folder is made.
 * @returns dispose of it when the work is done; nothing where others have done it, or were at it for too long.
 */
export async function claimWork(
  path: string,
  { isDone, quiet = 60_000, most = 15 * 60_000, look = 500 }: Patience = {},
): Promise<AsyncDisposable | undefined> {
  const start = performance.now();
  let seen: string | undefined, since = start;
  while (performance.now() - start < most) {
    const claim = await tryClaim(path, quiet / RENEWALS);
    if (claim !== undefined) return claim;
    if (await isDone?.()) return undefined;
    const content = await unlessMissing(Deno.readTextFile(path));
    if (content !== seen) [seen, since] = [content, performance.now()];
    else if (content !== undefined && performance.now() - since >= quiet) {
      await unlessMissing(Deno.remove(path));
    }
    await new Promise((resolve) => setTimeout(resolve, look));
  }
  return undefined;
}

async function tryClaim(path: string, renewal: number): Promise<AsyncDisposable | undefined> {
  const mine = crypto.randomUUID();
  await Deno.mkdir(dirname(path), { recursive: true });
  try {
    await Deno.writeTextFile(path, mine, { createNew: true });
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return undefined;
    throw error;
  }
  let renewals = 0;
  let renewed = Promise.resolve();
  const timer = setInterval(() => {
    // A disk that is full, or a claim that another has taken over: the work goes on.
    renewed = Deno.writeTextFile(path, `${mine} ${++renewals}`, { create: false }).catch(() => {});
  }, renewal);
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await renewed;
      if ((await unlessMissing(Deno.readTextFile(path)))?.startsWith(mine)) {
        await unlessMissing(Deno.remove(path));
      }
    },
  };
}
