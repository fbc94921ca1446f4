/**
 * Names a folder in XDG_RUNTIME_DIR where that is unset, as on machines without a desktop: Mesa's drivers otherwise print a red line for each
 * adapter that they are asked for, on standard error. They put nothing there. It needs `--allow-env=XDG_RUNTIME_DIR`, which the tasks of deno.json
 * have; without, the variable can be set before the command.
 */
export function nameRuntimeFolder(): void {
  if (Deno.build.os !== "linux") return;
  const variable = "XDG_RUNTIME_DIR";
  if (Deno.permissions.querySync({ name: "env", variable }).state !== "granted") return;
  if (!Deno.env.get(variable)) Deno.env.set(variable, "/tmp");
}
