/**
 * The gate's look at the imports: no file may import itself by way of others, types included, and none may import from a storey
 * above its own: core/ knows nothing of models/, models/ nothing of tasks/, and core/ no tensor library.
 *
 * ```sh
 * deno task check
 * ```
 *
 * @module
 */
import { relative } from "node:path";

/** Which modules each module imports, by paths from the root of the repository; packages by their specifiers. */
export type ImportGraph = ReadonlyMap<string, readonly string[]>;

/** The storeys, lowest first: a file may import from its own and from those before it. */
const STOREYS = ["core", "models", "tasks"];

const TENSOR_LIBRARY = /^npm:\/?@tensorflow\//;

/** What `deno info --json` says of a module. */
interface ModuleInfo {
  readonly specifier: string;
  readonly dependencies?: readonly {
    readonly code?: { readonly specifier: string };
    readonly type?: { readonly specifier: string };
  }[];
}

/** Groups of files each of which imports all others of its group, on the way over others (Tarjan 1972, doi:10.1137/0201010). */
export function importCircles(graph: ImportGraph): string[][] {
  const order = new Map<string, number>(), lowest = new Map<string, number>();
  const open: string[] = [], circles: string[][] = [];
  const visit = (file: string): number => {
    order.set(file, order.size);
    let low = order.get(file)!;
    open.push(file);
    for (const next of graph.get(file) ?? []) {
      if (!order.has(next)) low = Math.min(low, visit(next));
      else if (open.includes(next)) low = Math.min(low, lowest.get(next) ?? order.get(next)!);
    }
    lowest.set(file, low);
    if (low === order.get(file)) {
      const circle = open.splice(open.indexOf(file));
      if (circle.length > 1 || graph.get(file)?.includes(file)) circles.push(circle.toSorted());
    }
    return low;
  };
  for (const file of graph.keys()) if (!order.has(file)) visit(file);
  return circles;
}

/** Imports that go up a storey, or from core/ to a tensor library: pairs of the importing file and what it imports. */
export function upwardImports(graph: ImportGraph): [from: string, to: string][] {
  const storey = (path: string) => STOREYS.indexOf(path.split("/")[0]);
  const found: [string, string][] = [];
  for (const [from, imports] of graph) {
    const own = storey(from);
    if (own < 0) continue;
    for (const to of imports) {
      const above = storey(to) > own || to === "mod.ts";
      if (above || (own === 0 && TENSOR_LIBRARY.test(to))) found.push([from, to]);
    }
  }
  return found;
}

/** Who imports whom below `root`, tests aside, as Deno itself sees it. */
async function readGraph(root: string): Promise<ImportGraph> {
  const graph = new Map<string, readonly string[]>();
  const shorten = (specifier: string) =>
    specifier.startsWith("file:") ? relative(root, new URL(specifier).pathname) : specifier;
  const files: string[] = ["mod.ts"];
  for (const storey of STOREYS) files.push(...await modulesBelow(`${root}/${storey}`, storey));
  for (const file of files) {
    if (graph.has(file)) continue;
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["info", "--json", file],
      cwd: root,
    }).output();
    if (!success) throw new Error(`cannot read the imports of ${file}: ${new TextDecoder().decode(stderr)}`);
    const { modules } = JSON.parse(new TextDecoder().decode(stdout)) as { modules: ModuleInfo[] };
    for (const { specifier, dependencies = [] } of modules) {
      if (!specifier.startsWith("file:")) continue;
      const imports = dependencies.flatMap(({ code, type }) => [code, type]).filter((found) =>
        found !== undefined
      );
      graph.set(shorten(specifier), [...new Set(imports.map((found) => shorten(found.specifier)))]);
    }
  }
  return graph;
}

async function modulesBelow(folder: string, name: string): Promise<string[]> {
  const found: string[] = [];
  for await (const entry of Deno.readDir(folder)) {
    const path = `${name}/${entry.name}`;
    if (entry.isDirectory) found.push(...await modulesBelow(`${folder}/${entry.name}`, path));
    else if (/\.[tj]s$/.test(entry.name)) found.push(path);
  }
  return found.toSorted();
}

if (import.meta.main) {
  const graph = await readGraph(new URL("../../", import.meta.url).pathname.replace(/\/$/, ""));
  const circles = importCircles(graph), upward = upwardImports(graph);
  for (const circle of circles) console.error(`These files import each other: ${circle.join(", ")}.`);
  for (const [from, to] of upward) {
    console.error(`${from} imports ${to}: a file may not import from above its storey.`);
  }
  if (circles.length + upward.length > 0) Deno.exit(1);
  console.log(`Checked the imports of ${graph.size} modules`);
}
