"""Width and length of the one crack of a mask by scikit-image: twice the median distance on the medial axis, and the steps of the skeleton.

Usage: medial_axis.py WIDTH HEIGHT. Each mask is WIDTH * HEIGHT bytes, 0 or 1; the answer is one line, the width and the length in pixels.
"""

import sys

import numpy as np
from skimage.morphology import medial_axis, skeletonize


def steps(skeleton):
    """The length of a skeleton: 1 from a pixel to one beside it, the root of 2 to one at its corner that no other joins them by."""
    s = np.pad(skeleton, 1)
    here, right, below = s[1:-1, 1:-1], s[1:-1, 2:], s[2:, 1:-1]
    left, below_left, below_right = s[1:-1, :-2], s[2:, :-2], s[2:, 2:]
    straight = (here & right).sum() + (here & below).sum()
    diagonal = (here & below_right & ~right & ~below).sum() + (here & below_left & ~left & ~below).sum()
    return straight + diagonal * 2**0.5


def main():
    width, height = map(int, sys.argv[1:])
    while pixels := sys.stdin.buffer.read(width * height):
        mask = np.frombuffer(pixels, np.uint8).reshape(height, width) > 0
        axis, distances = medial_axis(mask, return_distance=True)
        print(2 * np.median(distances[axis]), steps(skeletonize(mask)), flush=True)


main()
