import script from "./report_index.js" with { type: "text" };
import style from "./report.css" with { type: "text" };
import { formatDuration } from "../cli/progress.ts";
import { TextTable } from "../files/text_set.ts";
import { Html, markup, pageHead } from "./markup.ts";
import { type FailedEntry, failureList, formatCount } from "./page_parts.ts";

/** A part of a report that is too long for one page. */
export interface ReportPart {
  /** Numbers of its first and its last photo, from 1 on, and how many there are in all. */
  readonly first: number;
  readonly last: number;
  readonly total: number;
  /** Where the index is, and the parts beside it, from this page. */
  readonly index: string;
  readonly previous?: string;
  readonly next?: string;
}

/** The way from a part to the others; nothing where a page has all photos. */
export function partLinks(part: ReportPart | undefined): Html {
  if (part === undefined) return markup``;
  const { first, last, total, index, previous, next } = part;
  const link = (to: string | undefined, rel: string, text: string) =>
    to === undefined ? markup`<span>${text}</span>` : markup`<a rel="${rel}" href="${to}">${text}</a>`;
  return markup`<nav class="parts" aria-label="Pages">
${link(previous, "prev", "← Before")}
<span>Photos ${formatCount(first)} to ${formatCount(last)}</span>
${link(next, "next", "Next →")}
<a href="${index}">All ${formatCount(total)} photos</a>
</nav>
`;
}

/** The page that leads to the parts of a report. */
export interface ReportIndex {
  readonly title: string;
  readonly date: Date;
  readonly version: string;
  readonly photos: number;
  /** Photos with any crack. */
  readonly withCrack: number;
  /** Sum of the times of the photos. */
  readonly seconds: number;
  readonly parts: IndexedParts;
  readonly failures: readonly FailedEntry[];
}

/** A part, as the index has it. */
export interface IndexedPart {
  readonly href: string;
  /** The names of its photos, and the share of crack in each, 0..1. */
  readonly names: readonly string[];
  readonly shares: readonly number[];
}

/** All parts, of which texts of what a browser is told are in memory, and no photo by itself. */
export class IndexedParts {
  readonly #links = new TextTable();
  readonly #told = new TextTable();

  get length(): number {
    return this.#told.length;
  }

  add(part: IndexedPart): void {
    const { href, names } = part;
    this.#links.add(
      markup`<li><a href="${href}">${names[0]}</a> <span>to ${names.at(-1)!}</span></li>
`.source,
    );
    // What would end the element, or begin a comment in it, is spelt otherwise.
    this.#told.add(JSON.stringify(part).replaceAll("<", "\\u003c"));
  }

  /** A line of the list for each. */
  get links(): Iterable<string> {
    return this.#links;
  }

  /** Each as JSON that may stand in a page. */
  get told(): Iterable<string> {
    return this.#told;
  }
}

/** Renders the index, piece by piece. Without JavaScript it leads to all parts, by the names of their first and last photos. */
export async function* indexChunks(index: ReportIndex): AsyncGenerator<string> {
  const { title, date, version, photos, withCrack, seconds, parts, failures } = index;
  const finished = date.toISOString();
  const opening = await pageHead({ title, version, style, script, images: false });
  const failed = markup`<li class="bad"><a href="#failed"><b>${
    formatCount(failures.length)
  }</b> failed</a></li>`;
  yield markup`${opening}<header>
<p class="mark">Hairline</p>
<h1>${title}</h1>
<ul class="figures"><li><b>${formatCount(photos)}</b> photos on ${formatCount(parts.length)} pages</li>
<li><b>${formatCount(withCrack)}</b> with crack</li>
${failures.length > 0 ? failed : ""}
<li><b>${formatDuration(seconds)}</b> of work</li>
<li>Hairline ${version}, ${finished.slice(0, 10)} ${finished.slice(11, 16)} UTC</li></ul>
</header>
<form class="tools scripted" aria-label="Find photos">
<label class="find"><span>Find</span> <input type="search" id="filter" placeholder="Name" autocomplete="off"></label>
<label>Sort <select id="sort" autocomplete="off">
<option value="name">by name</option>
<option value="most">most crack first</option>
<option value="least">least crack first</option>
</select></label>
<output id="shown"></output>
</form>
<main>
<ol class="found" hidden></ol>
<p class="nothing" hidden>No photo matches.</p>
<ol class="parts-list">
`.source;
  yield* parts.links;
  yield markup`</ol>
${failureList(failures)}
</main>
<script type="application/json" id="names">[`.source;
  let separator = "\n";
  for (const part of parts.told) {
    yield separator + part;
    separator = ",\n";
  }
  yield markup`
]</script>
<script>${new Html(script)}</script>
</body>
</html>
`.source;
}
