import config from "../../deno.json" with { type: "json" };

/** Hairline's version, from its deno.json. */
export const VERSION: string = config.version;
