import { choice, message, option, type Parser, withDefault } from "../cli/optique.ts";
import { REVIEW_USES, type ReviewUse } from "./review.ts";

/** How a task takes what was decided in the studio about the masks of a run. */
export const reviewedOption: Parser<"sync", ReviewUse, unknown> = withDefault(
  option("--reviewed", choice(REVIEW_USES), {
    description:
      message`What was decided in the studio: only masks accepted or corrected there; corrected ones in place of others, and none rejected; or nothing of it.`,
  }),
  "prefer" as const,
);
