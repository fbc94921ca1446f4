import { ael } from "./ael.ts";
import { cfd } from "./cfd.ts";
import { classes } from "./classes.ts";
import { crack500 } from "./crack500.ts";
import { dcd } from "./dcd.ts";
import { cracksc, folder } from "./folder.ts";
import type { DatasetLayout } from "./layout.ts";

/** The layouts of folders that {@linkcode openDataset} knows. */
export const LAYOUTS = ["crack500", "cfd", "ael", "dcd", "cracksc", "folder", "classes"] as const;

/** How the files of a dataset lie. */
export type Layout = typeof LAYOUTS[number];

/** What each layout is, in the order in which they are tried: the more particular first. */
export const layouts: Readonly<Record<Layout, DatasetLayout>> = {
  cfd,
  dcd,
  classes,
  folder,
  cracksc,
  ael,
  crack500,
};
