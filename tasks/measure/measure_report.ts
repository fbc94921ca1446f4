import script from "./measure.js" with { type: "text" };
import style from "./measure.css" with { type: "text" };
import { decodeImage } from "../../core/images/decode_image.ts";
import { encodeJpeg } from "../../core/images/encode_jpeg.ts";
import type { WidthBands } from "../../core/measure/bands.ts";
import type { CrackMeasurement, MeasuredCrack, MeasuredPoint } from "../../core/measure/measure_cracks.ts";
import type { FailureRecord } from "../batch/manifests.ts";
import { shrink } from "../batch/overlay.ts";
import { VERSION } from "../cli/version.ts";
import { scaleLinear } from "../report/d3.ts";
import { dataUrl, Html, markup, pageHead } from "../report/markup.ts";
import reportStyle from "../report/report.css" with { type: "text" };
import type { MeasuredFile, PhotoRecord } from "./manifest.ts";

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
}

/** Longest side of a photo on the page. */
const SIDE = 1024;

/** From thin to wide: parts of the range from 0 to the widest place of a photo. */
const COLOURS = ["#3b82f6", "#22b8cf", "#2fb344", "#a3d900", "#ffd43b", "#ff922b", "#f03e3e"];

/** Of a centre line where no width counts, as in a junction. */
const UNMEASURED = "#d0d0d0";

/** Bars of a histogram, and cracks of a photo that are listed. */
const BARS = 24, LISTED = 50;

/** Renders measurements as one HTML page that needs no network and no other file, piece by piece. */
export async function* measureReport(report: MeasureReport): AsyncGenerator<string> {
  const { title, date, bands, count, photos, failures } = report;
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
<ul class="figures"><li><b>${count}</b> ${count === 1 ? "photo" : "photos"} measured</li>
${
    failures.length === 0
      ? ""
      : markup`<li class="bad"><a href="#failed"><b>${failures.length}</b> failed</a></li>`
  }
<li>Hairline ${VERSION}, ${finished.slice(0, 10)} ${finished.slice(11, 16)} UTC</li></ul>
${bands === undefined ? "" : describeBands(bands)}
</header>
<form class="tools scripted" aria-label="View">
<label>Sort <select id="sort" autocomplete="off">
<option value="name">by name</option>
<option value="width">widest first</option>
<option value="length">longest first</option>
<option value="density">most per area first</option>
</select></label>
<label class="switch"><input type="checkbox" id="lines" checked> Lines</label>
</form>
<main>
<ol class="measured">
`.source;
  for await (const { record, file } of photos) yield (await photoItem(record, file)).source;
  yield markup`</ol>
${failureList(failures)}
</main>
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
): Promise<Html> {
  const { width, height, cracks, length, density } = measurement;
  const widest = record.widthMax ?? 0;
  const picture = await previewOf(photo ?? mask);
  const data =
    markup`data-name="${name}" data-width="${widest}" data-length="${length}" data-density="${density}"`;
  return markup`<li class="measurement" ${data}>
<h2>${name}</h2>
<p class="facts">${sumsOf(measurement)}</p>
${record.warning === undefined ? "" : markup`<p class="remark">${record.warning}</p>`}
<div class="columns">
<div class="picture">
${
    picture === undefined
      ? ""
      : markup`<img src="${
        dataUrl(picture)
      }" alt="${name}" width="${width}" height="${height}" loading="lazy" decoding="async">`
  }
<svg class="lines" viewBox="-0.5 -0.5 ${width} ${height}" role="img" aria-label="Centre lines of ${name}, coloured by width">
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
    return await encodeJpeg(shrink(await decodeImage(await Deno.readFile(path)), SIDE), { quality: 82 });
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

function colourOf(width: number, widest: number): string {
  if (!Number.isFinite(width)) return UNMEASURED;
  return COLOURS[Math.min(COLOURS.length - 1, Math.floor(COLOURS.length * width / (widest || 1)))];
}

/** Centre lines in pieces of one colour, and rings around the widest place of each crack, that of the photo larger. */
function drawLines({ cracks, width, height }: CrackMeasurement, widest: number): Html[] {
  const lines = cracks.flatMap(({ branches }) => branches.flatMap(({ points }) => piecesOf(points, widest)));
  const unit = Math.max(width, height) / 100;
  const place = cracks.find((crack) => crack.width.max === widest)?.width.maxAt;
  if (place === undefined) return lines;
  const title = `widest: ${widest.toFixed(2)} px at ${place.x.toFixed(0)}, ${place.y.toFixed(0)}`;
  return [
    ...lines,
    markup`<circle class="widest" cx="${place.x}" cy="${place.y}" r="${
      Math.max(2 * unit, 0.75 * widest)
    }"><title>${title}</title></circle>`,
  ];
}

function piecesOf(points: readonly MeasuredPoint[], widest: number): Html[] {
  const pieces: Html[] = [];
  for (let start = 0; start < points.length - 1;) {
    const colour = colourOf(points[start].width, widest);
    let end = start + 1;
    while (end < points.length - 1 && colourOf(points[end].width, widest) === colour) end++;
    const path = points.slice(start, end + 1).map(({ x, y }) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" ");
    pieces.push(markup`<polyline points="${path}" stroke="${colour}"/>`);
    start = end;
  }
  return pieces;
}

/** How much of the line is how wide. */
function drawHistogram({ cracks, mmPerPixel }: CrackMeasurement, widest: number): Html {
  const widths = cracks.flatMap(({ branches }) =>
    branches.flatMap(({ points }) => points.map(({ width }) => width))
  )
    .filter(Number.isFinite);
  if (widths.length === 0 || widest === 0) {
    return markup`<p class="facts">No place to measure a width at.</p>`;
  }
  const counts = new Array<number>(BARS).fill(0);
  for (const width of widths) counts[Math.min(BARS - 1, Math.floor(BARS * width / widest))]++;
  const unit = mmPerPixel === undefined ? "px" : "mm";
  const x = scaleLinear([0, widest * (mmPerPixel ?? 1)], [30, 330]);
  const y = scaleLinear([0, Math.max(...counts)], [0, 120]);
  const bars = counts.map((count, i) => {
    const height = y(count);
    const colour = colourOf((i + 0.5) / BARS * widest, widest);
    return markup`<rect x="${30 + i * 300 / BARS}" y="${(130 - height).toFixed(1)}" width="${
      300 / BARS - 1
    }" height="${height.toFixed(1)}" fill="${colour}"><title>${count} px of line</title></rect>`;
  });
  const ticks = x.ticks(6).map((value) =>
    markup`<text x="${x(value).toFixed(1)}" y="146" text-anchor="middle">${value}</text>`
  );
  return markup`<svg class="histogram" viewBox="0 0 360 168" role="img" aria-label="Histogram of widths">
<line x1="30" y1="130.5" x2="330" y2="130.5"/>
${bars}
${ticks}
<text x="180" y="164" text-anchor="middle">width, ${unit}</text>
</svg>`;
}

/** Length by direction, as a half rose: from left to right at its right, upright at its top. */
function drawDirections({ orientations }: CrackMeasurement): Html {
  const most = Math.max(...orientations);
  if (most === 0) return markup``;
  const sectors = orientations.map((length, i) => {
    // Areas, not radii, are in proportion.
    const radius = 90 * Math.sqrt(length / most);
    const at = (degrees: number) => {
      const radians = degrees * Math.PI / 180;
      return `${(180 + radius * Math.cos(radians)).toFixed(1)} ${
        (100 - radius * Math.sin(radians)).toFixed(1)
      }`;
    };
    const title = `${10 * i}° to ${10 * i + 10}°: ${length.toFixed(0)} px`;
    return markup`<path d="M180 100 L${at(10 * i)} A${radius.toFixed(1)} ${radius.toFixed(1)} 0 0 0 ${
      at(10 * i + 10)
    } Z"><title>${title}</title></path>`;
  });
  return markup`<svg class="directions" viewBox="0 0 360 128" role="img" aria-label="Length by direction">
<line x1="85" y1="100.5" x2="275" y2="100.5"/>
${sectors}
<text x="180" y="122" text-anchor="middle">length by direction</text>
</svg>`;
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
      number(length),
      ...[width.mean, width.median, width.p95, width.max].map(number),
      crack.widthIsUpperBound ? "photo, at most" : crack.widthFrom,
      crack.area,
      crack.orientation.toFixed(0),
      number(crack.tortuosity),
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
function number(value: number): string {
  if (!Number.isFinite(value)) return "–";
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

function failureList(failures: readonly FailureRecord[]): Html {
  if (failures.length === 0) return markup``;
  return markup`<section id="failed"><h2>${failures.length} failed</h2>
<dl>${
    failures.map(({ name, error }) => markup`<div><dt>${name}</dt><dd>${error}</dd></div>`)
  }</dl></section>`;
}
