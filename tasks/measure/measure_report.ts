import script from "./measure.js" with { type: "text" };
import style from "./measure.css" with { type: "text" };
import { decodeFile } from "../../core/images/decode_file.ts";
import { encodeJpeg } from "../../core/images/encode_jpeg.ts";
import type { WidthBands } from "../../core/measure/bands.ts";
import type { CrackMeasurement, MeasuredCrack } from "../../core/measure/crack_measurement.ts";
import type { FailureRecord } from "../batch/manifests.ts";
import { shrink } from "../batch/overlay.ts";
import { VERSION } from "../cli/version.ts";
import { dataUrl, Html, markup, pageHead } from "../report/markup.ts";
import reportStyle from "../report/report.css" with { type: "text" };
import { failureList } from "../report/page_parts.ts";
import { partLinks, type ReportPart } from "../report/report_index.ts";
import type { MeasuredFile, PhotoRecord } from "./manifest.ts";
import { drawDirections, drawHistogram, drawLines } from "./measure_figures.ts";

/** All that a page of measurements shows. */
export interface MeasureReport {
  readonly title: string;
  readonly date: Date;
  readonly bands: WidthBands | undefined;
  /** How many photos there are. */
  readonly count: number;
  /** Few of them are in memory at a time. */
  readonly photos: AsyncIterable<{ readonly record: PhotoRecord; readonly file: MeasuredFile }>;
  readonly failures: readonly FailureRecord[];
  /** Which part this is of a report on several pages. */
  readonly part?: ReportPart;
}

/** Longest side of a photo on the page. */
const SIDE = 1024;

/** Cracks of a photo that are listed. */
const LISTED = 50;

/** Renders measurements as one HTML page that needs no network and no other file, piece by piece. */
export async function* measureReport(report: MeasureReport): AsyncGenerator<string> {
  const { title, date, bands, count, photos, failures, part } = report;
  const finished = date.toISOString();
  const opening = await pageHead({
    title,
    version: VERSION,
    style: `${reportStyle}\n${style}`,
    script,
    images: true,
  });
  yield markup`${opening}<header>
<p class="mark">Hairline</p>
<h1>${title}</h1>
${partLinks(part)}<ul class="figures"><li><b>${count}</b> ${count === 1 ? "photo" : "photos"} measured</li>
${
    failures.length === 0
      ? ""
      : markup`<li class="bad"><a href="#failed"><b>${failures.length}</b> failed</a></li>`
  }
<li>Hairline ${VERSION}, ${finished.slice(0, 10)} ${finished.slice(11, 16)} UTC</li></ul>
${bands === undefined ? "" : describeBands(bands)}
</header>
<form class="tools" aria-label="View">
<fieldset><legend>Lines by</legend>
<label class="switch"><input type="radio" name="lines" id="by-width" checked> width</label>
<label class="switch"><input type="radio" name="lines" id="by-direction"> direction</label>
<label class="switch"><input type="radio" name="lines" id="no-lines"> none</label>
</fieldset>
<label class="scripted">Sort <select id="sort" autocomplete="off">
<option value="name">by name</option>
<option value="width">widest first</option>
<option value="length">longest first</option>
<option value="density">most per area first</option>
</select></label>
</form>
<main>
<ol class="measured">
`.source;
  let number = 0;
  for await (const { record, file } of photos) yield (await photoItem(record, file, ++number)).source;
  yield markup`</ol>
${failureList(failures)}
${partLinks(part)}</main>
<script>${new Html(script)}</script>
</body>
</html>
`.source;
}

function describeBands({ title, source, note, by, bands }: WidthBands): Html {
  const limits = bands.map(({ name, upTo }) => upTo === undefined ? name : `${name}: up to ${upTo} mm`);
  return markup`<p class="bands"><b>Bands:</b> ${title}. ${
    limits.join("; ")
  }. Looked up by the ${by} width. ${note} Source: ${source}.</p>`;
}

async function photoItem(
  record: PhotoRecord,
  { name, mask, photo, measurement, bands }: MeasuredFile,
  number: number,
): Promise<Html> {
  const { width, height, cracks, length, density } = measurement;
  const widest = record.widthMax ?? 0;
  const picture = await previewOf(photo ?? mask);
  const remark = [...record.notes ?? [], record.warning ?? []].flat().join(" ");
  const data =
    markup`data-name="${name}" data-width="${widest}" data-length="${length}" data-density="${density}"`;
  return markup`<li class="measurement" id="photo-${number}" ${data}>
<h2>${name}</h2>
<p class="facts">${sumsOf(measurement)}</p>
${remark === "" ? "" : markup`<p class="remark">${remark}</p>`}
<div class="columns">
<div class="picture">
${
    picture === undefined
      ? ""
      : markup`<img src="${
        dataUrl(picture)
      }" alt="${name}" width="${width}" height="${height}" loading="lazy" decoding="async">`
  }
<svg class="lines" viewBox="-0.5 -0.5 ${width} ${height}" preserveAspectRatio="xMinYMin" role="img" aria-label="Centre lines of ${name}, coloured by width or direction">
${drawLines(measurement, widest)}
</svg>
</div>
<div class="figures-beside">
${drawHistogram(measurement, widest)}
${drawDirections(measurement)}
</div>
</div>
${crackTable(cracks, bands)}
</li>
`;
}

/** The photo, or the mask where there is none, for the screen; undefined where it has been moved away meanwhile. */
async function previewOf(path: string): Promise<Uint8Array | undefined> {
  try {
    return await encodeJpeg(shrink(await decodeFile(await Deno.readFile(path)), SIDE), { quality: 82 });
  } catch {
    return undefined;
  }
}

/** What is said of a whole photo, in pixels and, where the scale is known, in millimetres. */
function sumsOf(
  { cracks, length, share, mmPerPixel, densityPerMetre, width, height }: CrackMeasurement,
): string {
  return [
    `${cracks.length} ${cracks.length === 1 ? "crack" : "cracks"}`,
    `${lengthText(length, mmPerPixel)} in all`,
    `${(100 * share).toFixed(2)} % of the area`,
    ...(densityPerMetre === undefined ? [] : [`${densityPerMetre.toPrecision(3)} m/m²`]),
    `${width} × ${height} pixels`,
    mmPerPixel === undefined
      ? "no scale is known: all is in pixels"
      : `${mmPerPixel.toPrecision(3)} mm a pixel`,
  ].join(" · ");
}

function lengthText(pixels: number, mmPerPixel: number | undefined): string {
  if (mmPerPixel === undefined) return `${pixels.toFixed(0)} px`;
  const mm = pixels * mmPerPixel;
  return mm < 1000 ? `${mm.toPrecision(3)} mm` : `${(mm / 1000).toPrecision(3)} m`;
}

function crackTable(cracks: readonly MeasuredCrack[], bands: readonly (string | undefined)[]): Html {
  if (cracks.length === 0) return markup`<p class="facts">No crack.</p>`;
  const scaled = cracks[0].mm !== undefined;
  const named = bands.some((band) => typeof band === "string");
  const unit = scaled ? "mm" : "px";
  const headings = [
    "crack",
    `length, ${unit}`,
    `mean width, ${unit}`,
    `median, ${unit}`,
    `95 %, ${unit}`,
    `greatest, ${unit}`,
    "from",
    "area, px",
    "direction, °",
    "tortuosity",
    ...(named ? ["band"] : []),
  ];
  const rows = cracks.slice(0, LISTED).map((crack, i) => {
    const { length, width } = crack.mm ?? crack;
    const cells = [
      i + 1,
      digits(length),
      ...[width.mean, width.median, width.p95, width.max].map(digits),
      crack.widthIsUpperBound ? `${crack.widthFrom}, at most` : crack.widthFrom,
      crack.area,
      crack.orientation.toFixed(0),
      digits(crack.tortuosity),
      ...(named ? [typeof bands[i] === "string" ? bands[i] : ""] : []),
    ];
    return markup`<tr>${cells.map((cell) => markup`<td>${cell}</td>`)}</tr>
`;
  });
  return markup`<div class="scroll"><table class="cracks">
<thead><tr>${headings.map((heading) => markup`<th scope="col">${heading}</th>`)}</tr></thead>
<tbody>
${rows}</tbody>
</table></div>
${
    cracks.length > LISTED
      ? markup`<p class="facts">The longest ${LISTED} of ${cracks.length}; cracks.csv has all.</p>`
      : ""
  }`;
}

/** Three digits that count. */
function digits(value: number): string {
  if (!Number.isFinite(value)) return "–";
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
