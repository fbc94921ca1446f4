import { cacheCommand, SCALED_TASKS } from "./job.ts";

/** What a container has besides Hairline. */
export interface ContainerOptions {
  /** The version of Deno. */
  readonly deno: string;
  /** For a GPU, whose driver the container runtime brings, in the place of a driver that computes on the processor. */
  readonly gpu: boolean;
}

/**
 * A Dockerfile for the image that clusters run, to be built in the folder of the project. What the tasks import is in it, so that no machine
 * downloads anything, and none writes into a cache of others.
 */
export function dockerfile({ deno, gpu }: ContainerOptions): string {
  const driver = gpu ? "libvulkan1 libglvnd0 libegl1" : "libvulkan1 mesa-vulkan-drivers";
  const nvidia = "ENV NVIDIA_VISIBLE_DEVICES=all NVIDIA_DRIVER_CAPABILITIES=compute,graphics,utility\n";
  return `# docker build --tag hairline .
FROM node:22-bookworm-slim
RUN apt-get update && apt-get install --yes --no-install-recommends ${driver} && rm -rf /var/lib/apt/lists/*
RUN npm install --global deno@${deno}
${gpu ? nvidia : ""}ENV DENO_DIR=/deno XDG_RUNTIME_DIR=/tmp
WORKDIR /hairline
COPY . .
RUN ${SCALED_TASKS.map((task) => cacheCommand({ task })).join(" && ")} && chmod -R a+rwX /deno
`;
}
