import { dump } from "npm:js-yaml@4.1.1";
import { containerOf, type Job, jobName, MOUNT, wholeCommand } from "./job.ts";

/**
 * Jobs for Kubernetes (batch/v1): an Indexed Job, one index a part, and a suspended one that joins the parts.
 *
 * Indices begin at 0 and come without a count; that of the parts is written into the command.
 *
 * @throws {UsageError} without an image or a claim.
 */
export function kubernetesManifest(job: Job): string {
  const { shards, retries } = job;
  const name = jobName(job);
  // Wrong usage stays wrong for all parts: no attempt more.
  const podFailurePolicy = {
    rules: [{ action: "FailJob", onExitCodes: { containerName: "hairline", operator: "In", values: [2] } }],
  };
  const jobs = [
    {
      ...head(name),
      spec: {
        completionMode: "Indexed",
        completions: shards,
        parallelism: shards,
        backoffLimitPerIndex: retries,
        maxFailedIndexes: shards,
        podFailurePolicy,
        template: podTemplate(job, `${wholeCommand(job)} --shard "$((JOB_COMPLETION_INDEX + 1))/${shards}"`),
      },
    },
    {
      ...head(`${name}-merge`),
      spec: {
        suspend: true,
        backoffLimit: retries,
        podFailurePolicy,
        template: podTemplate(job, wholeCommand(job)),
      },
    },
  ];
  return `# ${wholeCommand(job)}, in ${shards} parts. Save as ${name}.yaml, then:
#   kubectl apply -f ${name}.yaml
#   kubectl wait --for=condition=Complete --timeout=-1s job/${name}
#   kubectl patch job/${name}-merge --type=merge --patch '{"spec":{"suspend":false}}'
${jobs.map((value) => dump(value, { lineWidth: -1, noRefs: true })).join("---\n")}`;
}

function head(name: string): object {
  return { apiVersion: "batch/v1", kind: "Job", metadata: { name, labels: { app: "hairline" } } };
}

function podTemplate(job: Job, command: string): object {
  const { cpus, memory, gpus, minutes, cache, project } = job;
  const { image, volume } = containerOf(job, { scheduler: "kubernetes", volume: "the claim" });
  const resources = { cpu: String(cpus), memory: `${memory}Mi` };
  return {
    spec: {
      restartPolicy: "Never",
      activeDeadlineSeconds: minutes * 60,
      containers: [{
        name: "hairline",
        image,
        workingDir: project,
        command: ["bash", "-c", command],
        ...(cache === undefined ? {} : { env: [{ name: "DENO_DIR", value: cache }] }),
        resources: {
          requests: resources,
          limits: { memory: resources.memory, ...(gpus > 0 ? { "nvidia.com/gpu": String(gpus) } : {}) },
        },
        volumeMounts: [{ name: "data", mountPath: MOUNT }],
      }],
      volumes: [{ name: "data", persistentVolumeClaim: { claimName: volume } }],
    },
  };
}
