import assert from "node:assert/strict";
import { type DefaultTreeAdapterTypes, parse } from "npm:parse5@8.1.1";
import { reportChunks } from "../../../tasks/report/report.ts";
import type { LabelledEntry, Report, ReportEntry } from "../../../tasks/report/report.ts";

type Element = DefaultTreeAdapterTypes.Element;
type Parent = DefaultTreeAdapterTypes.ParentNode;

/** A JPEG and a PNG by their first bytes; the report does not look further. */
const JPEG = new Uint8Array([0xff, 0xd8, 0xff, 0xe0]);
const PNG = new Uint8Array([0x89, 0x50, 0x4e, 0x47]);

function entry(name: string, overrides: Partial<LabelledEntry> = {}): LabelledEntry {
  return {
    name,
    width: 640,
    height: 360,
    preview: JPEG,
    overlay: PNG,
    stages: [],
    crackPixels: 2304,
    crackShare: 0.01,
    usable: true,
    seconds: 1.25,
    ...overrides,
  };
}

function report(entries: Report["entries"], overrides: Partial<Report> = {}): Report {
  return {
    title: "Crack labels",
    date: new Date("2026-11-22T12:34:56Z"),
    version: "0.1.0",
    recipe: "paper",
    parameters: { patchSize: 32, greyWeights: [0.299, 0.587, 0.114], nested: { deep: 1 } },
    networks: [["Classifier", "resnet18"]],
    adapter: "llvmpipe",
    review: "deno task studio '<my> labels'",
    backend: "wasm",
    totals: { labelled: 1, usable: 1, failed: 0, seconds: 1.25 },
    minCrackPixels: 100,
    entries,
    ...overrides,
  };
}

function* elements(parent: Parent): Generator<Element> {
  for (const node of parent.childNodes) {
    if (!("tagName" in node)) continue;
    yield node;
    yield* elements(node);
  }
}

function attribute(element: Element, name: string): string | undefined {
  return element.attrs.find((attr) => attr.name === name)?.value;
}

function text(parent: Parent): string {
  return parent.childNodes.map((node) =>
    "value" in node ? node.value : "childNodes" in node ? text(node) : ""
  ).join("");
}

async function parsed(input: Report): Promise<Element[]> {
  const errors: string[] = [];
  const document = parse(await pageOf(input), { onParseError: ({ code }) => errors.push(code) });
  assert.deepEqual(errors, []);
  return [...elements(document)];
}

function ofClass(all: readonly Element[], name: string): Element[] {
  return all.filter((element) => attribute(element, "class")?.split(" ").includes(name));
}

const HOSTILE = [
  `<script>alert(1)</script>`,
  `" onload="alert(1)`,
  `' onerror='alert(1)`,
  `</li></ol></main><img src=x>`,
  `a & b &lt; &#x27;`,
  `日本 🛣️ \u202egnp`,
  `</style></title>`,
];

/** The whole page. */
async function pageOf(report: Report): Promise<string> {
  return (await Array.fromAsync(reportChunks(report))).join("");
}

Deno.test("reportChunks() shows hostile names as text and makes nothing else of them", async () => {
  const failures: ReportEntry[] = HOSTILE.map((name) => ({ name, error: `Cannot read ${name}.` }));
  const stages = HOSTILE.map((title) => ({ key: title, title, note: title, image: PNG }));
  const plain = await parsed(
    report([
      ...HOSTILE.map((_, i) =>
        entry(`a${i}`, { stages: stages.map((s) => ({ ...s, title: "t", note: "n" })) })
      ),
      {
        name: "b",
        error: "e",
      },
    ]),
  );
  const all = await parsed(
    report([...HOSTILE.map((name) => entry(name, { stages })), ...failures], {
      title: HOSTILE.join(" "),
      recipe: HOSTILE[0],
      networks: [[HOSTILE[2], HOSTILE[3]]],
      parameters: Object.fromEntries(HOSTILE.map((name) => [name, name])),
    }),
  );
  const photos = ofClass(all, "photo");
  assert.deepEqual(photos.map((photo) => attribute(photo, "data-name")), HOSTILE);
  assert.deepEqual(
    photos.map((photo) => text([...elements(photo)].find(({ tagName }) => tagName === "h2")!)),
    HOSTILE,
  );
  assert.equal(text(all.find(({ tagName }) => tagName === "title")!), HOSTILE.join(" "));
  for (const tag of ["script", "style", "img", "li", "main"]) {
    const count = (list: readonly Element[]) => list.filter(({ tagName }) => tagName === tag).length;
    assert.equal(count(all), count(plain), tag);
  }
  for (const { attrs } of all) for (const { name } of attrs) assert.doesNotMatch(name, /^on/);
});

Deno.test("reportChunks() stands alone: its policy lets only its own script, its own style and inline images in", async () => {
  const all = await parsed(
    report([entry("a", { stages: [{ key: "k", title: "t", note: "n", image: JPEG }] })]),
  );
  const policy = attribute(
    all.find((element) => attribute(element, "http-equiv") === "Content-Security-Policy")!,
    "content",
  )!;
  assert.match(policy, /^default-src 'none'; img-src data:; /);
  for (const tag of ["script", "style"]) {
    const found = all.filter(({ tagName }) => tagName === tag);
    assert.equal(found.length, 1);
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text(found[0])));
    assert.ok(
      policy.includes(`${tag}-src 'sha256-${btoa(String.fromCharCode(...new Uint8Array(digest)))}';`),
      tag,
    );
  }
  for (const element of all) {
    // The policy would block an inline style, too.
    assert.equal(attribute(element, "style"), undefined);
    assert.doesNotMatch(attribute(element, "src") ?? "data:", /^(?!data:)/);
    assert.doesNotMatch(attribute(element, "href") ?? "#", /^(?!#)/);
  }
});

Deno.test("reportChunks() lays each mask over its photo, with or without JavaScript", async () => {
  const all = await parsed(report([entry("a"), entry("b")]));
  const pictures = ofClass(all, "picture");
  assert.equal(pictures.length, 2);
  for (const picture of pictures) {
    const [preview, overlay] = [...elements(picture)];
    assert.equal(attribute(preview, "src"), "data:image/jpeg;base64,/9j/4A==");
    assert.equal(attribute(overlay, "src"), "data:image/png;base64,iVBORw==");
    assert.equal(attribute(overlay, "class"), "overlay");
    for (const name of ["width", "height", "loading", "decoding"]) {
      assert.equal(attribute(preview, name), attribute(overlay, name));
    }
    assert.equal(attribute(preview, "loading"), "lazy");
  }
  // The switch for the mask works by style sheet alone; what needs the script is hidden until it runs.
  const scripted = ["opacity", "sort", "state", "filter"];
  for (const id of scripted) {
    const control = all.find((element) => attribute(element, "id") === id)!;
    assert.ok(attribute(control.parentNode as Element, "class")!.includes("scripted"), id);
  }
});

Deno.test("reportChunks() says how much crack there is and what is not used for training", async () => {
  const all = await parsed(report([
    entry("a"),
    entry("b", { crackPixels: 99, crackShare: 99 / 230400, usable: false }),
    entry("c", { crackPixels: 0, crackShare: 0, usable: false }),
    entry("d", { crackPixels: 1, crackShare: 1 / 12_000_000, usable: false, width: 4000, height: 3000 }),
    entry("e", { crackPixels: 100, crackShare: 0.25 }),
  ]));
  const photos = ofClass(all, "photo");
  assert.deepEqual(photos.map((photo) => attribute(photo, "data-state")), [
    "usable",
    "sparse",
    "none",
    "sparse",
    "usable",
  ]);
  assert.deepEqual(ofClass(all, "share").map(text), [
    "1.00 % crack",
    "0.04 % crack",
    "0 % crack",
    "< 0.01 % crack",
    "25.0 % crack",
  ]);
  assert.deepEqual(ofClass(all, "facts").map((element) => text(element).replaceAll("\n", " ")), [
    "2,304 crack pixels of 640 × 360, 1.3 s",
    "99 crack pixels of 640 × 360, 1.3 s",
    "0 crack pixels of 640 × 360, 1.3 s",
    "1 crack pixel of 4,000 × 3,000, 1.3 s",
    "100 crack pixels of 640 × 360, 1.3 s",
  ]);
  assert.deepEqual(ofClass(all, "remark").map(text), [
    "Fewer than 100 crack pixels: not used for training.",
    "No crack found: not used for training.",
    "Fewer than 100 crack pixels: not used for training.",
  ]);
});

Deno.test("reportChunks() lists what failed with its reason, and the recipe with every parameter", async () => {
  const all = await parsed(
    report([entry("a"), { name: "broken.jpg", error: "Cannot decode it." }], {
      totals: { labelled: 1, usable: 1, failed: 1, seconds: 200 },
    }),
  );
  const failed = all.find((element) => attribute(element, "id") === "failed")!;
  assert.match(text(failed), /1 photo failed\s*broken\.jpg\s*Cannot decode it\./);
  const [figures] = ofClass(all, "figures");
  assert.match(
    text(figures).replaceAll("\n", " "),
    /1 photo labelled.*1 with enough crack to train on.*1 failed.*3 min of work/,
  );
  const [parameters] = ofClass(all, "parameters");
  assert.equal(text(parameters), "patchSize32greyWeights0.299, 0.587, 0.114nested.deep1");
});

Deno.test("reportChunks() shows stages only where there are some, folded away", async () => {
  const stage = { key: "grey", title: "Grey", note: "ITU-R 601.", image: PNG };
  const all = await parsed(
    report([entry("a"), entry("b", { stages: [stage, { ...stage, title: "Threshold" }] })]),
  );
  const [stages, ...others] = ofClass(all, "stages");
  assert.equal(others.length, 0);
  assert.equal(stages.tagName, "details");
  assert.equal(attribute(stages, "open"), undefined);
  assert.match(text(stages).replaceAll(/\s+/g, " "), /^ ?2 stages Grey ITU-R 601\. Threshold ITU-R 601\./);
});

Deno.test("reportChunks() asks for a photo only when the piece before it was taken", async () => {
  let made = 0;
  const chunks = reportChunks(report((function* () {
    for (; made < 200; made++) yield entry(`a${made}`);
  })()));
  await chunks.next(); // head
  assert.equal(made, 0);
  await chunks.next();
  await chunks.next();
  assert.equal(made, 1);
  let rest = 0;
  for await (const _ of chunks) rest++;
  assert.equal(rest, 200 - 2 + 1);
});

Deno.test("reportChunks() makes a page without photos", async () => {
  const all = await parsed(report([], { totals: { labelled: 0, usable: 0, failed: 0, seconds: 0 } }));
  assert.equal(ofClass(all, "photo").length, 0);
  assert.match(text(ofClass(all, "figures")[0]), /0 photos labelled/);
});

Deno.test("reportChunks() says how its masks are reviewed, where it is told", async () => {
  const commands = async (overrides: Partial<Report>) =>
    (await parsed(report([entry("a")], overrides))).filter(({ tagName }) => tagName === "code").map(text);
  assert.deepEqual(await commands({}), ["deno task studio '<my> labels'"]);
  assert.deepEqual(await commands({ review: undefined }), []);
});
