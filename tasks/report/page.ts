import script from "./report.js" with { type: "text" };
import style from "./report.css" with { type: "text" };
import { formatDuration } from "../cli/progress.ts";
import { dataUrl, Html, markup, pageHead } from "./markup.ts";
import { type FailedEntry, failureList, formatCount, plural, terms } from "./page_parts.ts";
import { partLinks, type ReportPart } from "./report_index.ts";

/** One stage of the method on one photo. */
export interface ReportStage {
  readonly key: string;
  readonly title: string;
  /** What to see in it, in a sentence. */
  readonly note: string;
  /** PNG or JPEG. */
  readonly image: Uint8Array;
}

/** A photo whose crack was marked. */
export interface PhotoEntry {
  readonly name: string;
  /** Size of the photo itself, in pixels. */
  readonly width: number;
  readonly height: number;
  /** The photo, JPEG, scaled down to a size for the screen. */
  readonly preview: Uint8Array;
  /** The mask in the size of the preview, PNG: coloured where there is crack, transparent elsewhere. */
  readonly overlay: Uint8Array;
  readonly stages: readonly ReportStage[];
  /** Crack pixels of the full-size mask. */
  readonly crackPixels: number;
  /** Crack pixels over all pixels, 0..1. */
  readonly crackShare: number;
  /** Where a network looked at it at several scales: these, and what each counted, 0..1. */
  readonly scales?: readonly { readonly scale: number; readonly weight: number }[];
  /** A sentence where the photo is out of what the network knows. */
  readonly warning?: string;
  /** Time that it took. */
  readonly seconds: number;
}

/** A photo on a page. */
export interface PagePhoto extends PhotoEntry {
  /** One of the states of {@linkcode ReportPage}. */
  readonly state: string;
  /** What is to be noted, as a sentence. */
  readonly remark?: string;
}

/** A photo of a page, or its failure. */
export type PageEntry = PagePhoto | FailedEntry;

/** What a page of photos and their masks says besides the photos. */
export interface ReportPage {
  readonly title: string;
  readonly date: Date;
  readonly version: string;
  /** Counts and what they count, in words that stand behind them. */
  readonly figures: readonly (readonly [count: number, text: string])[];
  /** Photos that are shown. */
  readonly done: number;
  readonly failed: number;
  /** Sum of the times of the photos. */
  readonly seconds: number;
  /** What the details are about: `How these labels were made`. */
  readonly about: string;
  /** The details: what, and its value. */
  readonly made: readonly (readonly [term: string, value: string])[];
  /** The adapter that the kernels ran on and the backend of the network. */
  readonly adapter: string;
  readonly backend: string;
  readonly parametersTitle: string;
  /** Parameters by name; objects within are shown as `outer.inner`. */
  readonly parameters: object;
  /** The command that opens what the page shows for review. */
  readonly review?: string;
  /** Which part this is of a report on several pages. */
  readonly part?: ReportPart;
  /** What photos can be filtered by, and how that is called. */
  readonly states: readonly (readonly [state: string, text: string])[];
}

/** `0.42 %`, with two digits that say something: cracks are thin. */
function percent(share: number): string {
  if (share === 0) return "0 %";
  const value = share * 100;
  return value < 0.01 ? "< 0.01 %" : `${value.toFixed(value < 10 ? 2 : 1)} %`;
}

/** Parameters and their values; those of an object within are named `outer.inner`. */
function flatten(object: object, prefix: string = ""): [string, string][] {
  return Object.entries(object).flatMap(([key, value]): [string, string][] => {
    if (typeof value !== "object" || value === null) return [[prefix + key, String(value)]];
    if (Array.isArray(value)) return [[prefix + key, value.join(", ")]];
    return flatten(value, `${prefix}${key}.`);
  });
}

function summary({ figures, done, failed, seconds }: ReportPage): Html {
  const failures = markup`<li class="bad"><a href="#failed"><b>${formatCount(failed)}</b> failed</a></li>`;
  const work = markup`<li><b>${formatDuration(seconds)}</b> of work</li>`;
  const items = figures.map(([value, text], i) =>
    markup`${i === 0 ? "" : "\n"}<li><b>${formatCount(value)}</b> ${text}</li>`
  );
  return markup`<ul class="figures">
${items}
${failed > 0 ? failures : ""}
${done > 0 ? work : ""}
</ul>`;
}

async function head(report: ReportPage): Promise<Html> {
  const finished = report.date.toISOString();
  const made = terms([
    ...report.made,
    ["Kernels ran on", report.adapter],
    ["Network ran on", report.backend],
    ["Hairline", report.version],
    ["Finished", `${finished.slice(0, 10)} ${finished.slice(11, 16)} UTC`],
  ]);
  const opening = await pageHead({
    title: report.title,
    version: report.version,
    style,
    script,
    images: true,
  });
  return markup`${opening}<header>
<p class="mark">Hairline</p>
<h1>${report.title}</h1>
${partLinks(report.part)}${summary(report)}
<details class="made"><summary>${report.about}</summary>
<dl>${made}</dl>
<h2>${report.parametersTitle}</h2>
<dl class="parameters">${terms(flatten(report.parameters))}</dl>
</details>
${
    report.review === undefined
      ? ""
      : markup`<p>To accept, reject or mend masks: <code>${report.review}</code></p>`
  }
</header>
${tools(report.states)}
<main>
<ol class="photos">
`;
}

/** The switch for the masks works by style sheet alone; what is `scripted` shows once the script runs. */
function tools(states: ReportPage["states"]): Html {
  const options = states.map(([value, text]) => markup`<option value="${value}">${text}</option>\n`);
  return markup`<form class="tools" aria-label="View">
<label class="switch"><input type="checkbox" id="mask" checked> Mask</label>
<label class="scripted">Opacity <input type="range" id="opacity" min="10" max="100" value="85"></label>
<label class="scripted">Sort <select id="sort">
<option value="name">by name</option>
<option value="most">most crack first</option>
<option value="least">least crack first</option>
</select></label>
<label class="scripted">Show <select id="state">
<option value="">all photos</option>
${options}</select></label>
<label class="scripted find"><span>Filter</span>
<input type="search" id="filter" placeholder="Name" autocomplete="off"></label>
<output class="scripted" id="shown"></output>
</form>`;
}

function stageItem({ title, note, image }: ReportStage): Html {
  return markup`<li><figure><img src="${dataUrl(image)}" alt="" loading="lazy" decoding="async">
<figcaption><b>${title}</b> ${note}</figcaption></figure></li>
`;
}

function stageList(stages: readonly ReportStage[]): Html {
  if (stages.length === 0) return markup``;
  return markup`<details class="stages"><summary>${plural(stages.length, "stage")}</summary>
<ol>${stages.map(stageItem)}</ol></details>`;
}

/** The scales at which a network saw a photo, and what each counted where there were several. */
function seenAt(scales: PagePhoto["scales"]): Html {
  if (scales === undefined) return markup``;
  const described = scales.map(({ scale, weight }) =>
    scales.length === 1 ? `${scale} ×` : `${scale} × (${(100 * weight).toFixed(0)} %)`
  );
  return markup` <span>seen at ${described.join(", ")},</span>`;
}

function photoItem(entry: PagePhoto, index: number): Html {
  const { name, width, height, crackPixels, scales, state } = entry;
  const remark = [entry.remark ?? [], entry.warning ?? []].flat().join(" ");
  const share = `${percent(entry.crackShare)} crack`;
  const size = markup`width="${width}" height="${height}" loading="lazy" decoding="async"`;
  const data = markup`data-name="${name}" data-crack="${entry.crackShare}" data-state="${state}"`;
  return markup`<li class="photo" id="photo-${index}" tabindex="-1" ${data}>
<div class="picture">
<img src="${dataUrl(entry.preview)}" alt="${name}, ${share}" ${size}>
<img class="overlay" src="${dataUrl(entry.overlay)}" alt="" ${size}>
<input type="range" class="divider scripted" value="100" tabindex="-1" aria-label="Mask of ${name}, from the left to">
</div>
<div class="caption"><h2>${name}</h2><p class="share">${share}</p>
<p class="facts">${plural(crackPixels, "crack pixel")}
<span>of ${formatCount(width)} × ${formatCount(height)},</span>${seenAt(scales)} <span>${
    entry.seconds.toFixed(1)
  } s</span></p>
${remark === "" ? "" : markup`<p class="remark">${remark}</p>`}</div>
${stageList(entry.stages)}
</li>
`;
}

function foot(failures: readonly FailedEntry[], part: ReportPart | undefined): Html {
  return markup`</ol>
<p class="nothing" hidden>No photo matches.</p>
${failureList(failures)}
${partLinks(part)}</main>
<footer class="scripted"><p><kbd>j</kbd> <kbd>k</kbd> or <kbd>→</kbd> <kbd>←</kbd> next and previous photo,
<kbd>space</kbd> mask on and off, <kbd>enter</kbd> or a click larger, <kbd>d</kbd> divider between mask and photo, for arrows or a drag to move,
<kbd>s</kbd> stages, <kbd>/</kbd> filter</p></footer>
<script>${new Html(script)}</script>
</body>
</html>
`;
}

/**
 * Renders a page that needs no network and no other file, piece by piece: a photo is in memory only while its piece is being made. The
 * page works without JavaScript, too, with the masks shown.
 */
export async function* pageChunks(
  page: ReportPage,
  entries: Iterable<PageEntry> | AsyncIterable<PageEntry>,
): AsyncGenerator<string> {
  yield (await head(page)).source;
  const failures: FailedEntry[] = [];
  let index = 0;
  for await (const entry of entries) {
    if ("error" in entry) failures.push(entry);
    else yield photoItem(entry, ++index).source;
  }
  yield foot(failures, page.part).source;
}
