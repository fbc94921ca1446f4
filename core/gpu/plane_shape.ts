/** Width, height and channels of a plane. */
export interface PlaneShape {
  /** Pixels in a row. */
  width: number;
  /** Rows. */
  height: number;
  /** Interleaved float32 values a pixel. */
  channels: number;
}
