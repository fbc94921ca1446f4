import { choice, message, option, optional, type Parser } from "../cli/optique.ts";
import { REVIEW_USES, type ReviewUse } from "./review.ts";

/** How a task takes what was decided in the studio about the masks of a run. */
export const reviewedOption: Parser<"sync", ReviewUse | undefined, unknown> = optional(
  option("--reviewed", choice(REVIEW_USES), {
    description:
      message`What was decided in the studio: only masks accepted or corrected there; corrected ones in place of others, and none rejected; or nothing of it. Default: prefer.`,
  }),
);
