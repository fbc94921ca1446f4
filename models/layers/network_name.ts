/** Such as `resnet18 × 0.5`; the architecture alone at full width. */
export function networkName({ arch, width }: { readonly arch: string; readonly width: number }): string {
  return width === 1 ? arch : `${arch} × ${width}`;
}
