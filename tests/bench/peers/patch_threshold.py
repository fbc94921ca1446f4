"""Stage 8 with scikit-image: multi-Otsu of every 32 x 32 patch at stride 8, a pixel being crack when all patches over it say so.

Usage: patch_threshold.py WIDTH HEIGHT IMAGES. The images come first, WIDTH * HEIGHT float32 grey values each; the answer is one line.
Then each line, the number of an image, runs it once and answers its time in seconds.
"""

import sys
import time

import numpy as np
from skimage.filters import threshold_multiotsu

SIZE, STRIDE, CLASSES = 32, 8, 3


def patch_threshold(grey):
    height, width = grey.shape
    margin = SIZE - STRIDE
    # Wide enough for the last patches of sides that the stride does not divide.
    padded = np.pad(grey, (margin, SIZE), mode="reflect")
    crack = np.ones(padded.shape, bool)
    for top in range(0, height + margin, STRIDE):
        for left in range(0, width + margin, STRIDE):
            place = np.s_[top : top + SIZE, left : left + SIZE]
            patch = padded[place]
            try:
                crack[place] &= patch <= threshold_multiotsu(patch, CLASSES, nbins=256)[0]
            except ValueError:  # fewer grey values than classes
                crack[place] = False
    return crack[margin : margin + height, margin : margin + width]


def main():
    width, height, images = map(int, sys.argv[1:])
    pixels = sys.stdin.buffer.read(4 * width * height * images)
    greys = np.frombuffer(pixels, np.float32).reshape(images, height, width)
    print("ready", flush=True)
    for line in sys.stdin.buffer:
        start = time.perf_counter()
        patch_threshold(greys[int(line)])
        print(time.perf_counter() - start, flush=True)


main()
