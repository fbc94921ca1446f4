/// <reference lib="dom" />
import { html, useEffect, useRef, type VNode } from "./view.ts";

/** A dialog beside the page, which goes on: the keyboard is in it while it is open, and where it was afterwards. */
export function Dialog(
  { name, children }: { readonly name: string; readonly children?: unknown },
): VNode {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    dialog.current!.focus();
    return () => before instanceof HTMLElement && before.focus();
  }, []);
  return html`<dialog open class="dialog" ref=${dialog} tabindex="-1" aria-label=${name}>${children}</dialog>` as VNode;
}
