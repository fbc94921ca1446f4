import type { SegmentationArch } from "./segmentation_network.ts";

/** What people want to know of a network before they train it. */
export interface NetworkDescription {
  /** What it is, in a few words. */
  readonly title: string;
  /** Who described it, and where. */
  readonly source: string;
}

const oed = (encoder: string): NetworkDescription => ({
  title: `OED on EfficientNet-${encoder}: an encoder, and blocks with residual branches up from its features`,
  source: "König et al. 2021, doi:10.1016/j.dsp.2020.102907",
});

/** What each segmentation network is, and where it comes from. */
export const segmentationNetworks: Readonly<Record<SegmentationArch, NetworkDescription>> = {
  unet: {
    title: "U-Net: features of each size go from the encoder to the decoder",
    source: "Ronneberger et al. 2015, doi:10.1007/978-3-319-24574-4_28",
  },
  unet_jenkins: {
    title: "U-Net that puts values back where the encoder's maxima lay",
    source: "Jenkins et al. 2018, EUSIPCO, pp. 2120–2124 (its abstract; widths are ours)",
  },
  unet_konig: {
    title: "Residual U-Net with attention gates",
    source: "König et al. 2019, ICIP, pp. 1460–1464 (details are ours)",
  },
  unet_mobilenet: {
    title: "U-Net whose encoder is MobileNetV2, as the crack classifier's is",
    source:
      "Ronneberger et al. 2015, Sandler et al. 2018, doi:10.1109/CVPR.2018.00474 (the decoder's widths are ours)",
  },
  deepcrack_liu: {
    title: "DeepCrack with an output at each of five sizes, fused",
    source: "Liu et al. 2019, doi:10.1016/j.neucom.2019.01.036",
  },
  deepcrack_zou: {
    title: "DeepCrack that fuses encoder and decoder at each of five sizes",
    source: "Zou et al. 2019, doi:10.1109/TIP.2018.2878966",
  },
  oed_b0: oed("B0"),
  oed_b1: oed("B1"),
  oed_b2: oed("B2"),
  oed_b3: oed("B3"),
  oed_b4: oed("B4"),
  oed_b5: oed("B5"),
  patches_fan: {
    title: "Structured prediction: the 5 × 5 pixels in the middle of the 27 × 27 around each pixel",
    source: "Fan et al. 2018, arXiv:1802.02208 (optimiser and mean are ours)",
  },
  patches_inoue: {
    title:
      "Patch classification with orientation: the pixel in the middle of 27 × 27, and which way a crack goes there",
    source: "Inoue & Nagayoshi 2019, WACV, pp. 686–694 (what it is for; layers and directions are ours)",
  },
};
