import { type Job, jobName, wholeCommand } from "./job.ts";

/** A text as Python writes it. */
function python(text: string): string {
  return JSON.stringify(text);
}

/**
 * A Snakefile with scatter and gather. Its files only say what is done: Snakemake removes what a rule is to make before it runs the rule again, and
 * would so remove a manifest with all that is known.
 */
export function snakefile(job: Job): string {
  const { shards, cpus, memory, gpus, minutes, retries, project, cache } = job;
  const done = `${jobName(job)}.done`;
  // Braces are Snakemake's own in commands.
  const command = (suffix: string) =>
    python(
      [
        "cd {params.project:q} && ",
        cache === undefined ? "" : "DENO_DIR={params.cache:q} ",
        wholeCommand(job).replaceAll("{", "{{").replaceAll("}", "}}"),
        suffix,
      ].join(""),
    );
  const params = [
    `        project=${python(project)},`,
    ...(cache === undefined ? [] : [`        cache=${python(cache)},`]),
  ];
  const resources = [
    `    threads: ${cpus}`,
    `    resources:`,
    `        mem_mb=${memory},`,
    `        runtime=${minutes},`,
    ...(gpus > 0 ? [`        gpu=${gpus},`] : []),
  ];
  return [
    `# ${wholeCommand(job)}, in ${shards} parts. Save as Snakefile, then: snakemake --cores all`,
    `scattergather:`,
    `    part=${shards},`,
    ``,
    ``,
    `rule all:`,
    `    input:`,
    `        ${python(`${done}/whole`)},`,
    ``,
    ``,
    `rule part:`,
    `    output:`,
    `        touch(${python(`${done}/{scatteritem}`)}),`,
    `    params:`,
    ...params,
    `        part=lambda wildcards: wildcards.scatteritem.replace("-of-", "/"),`,
    ...resources,
    `    retries: ${retries}`,
    `    shell:`,
    `        ${command(" --shard {params.part}")}`,
    ``,
    ``,
    `rule whole:`,
    `    input:`,
    `        gather.part(${python(`${done}/{scatteritem}`)}),`,
    `    output:`,
    `        touch(${python(`${done}/whole`)}),`,
    `    params:`,
    ...params,
    ...resources,
    `    shell:`,
    `        ${command("")}`,
    ``,
  ].join("\n");
}
