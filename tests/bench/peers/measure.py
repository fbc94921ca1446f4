"""SciPy's and scikit-image's distance transform, thinning and connected components, one call a line of standard input.

Usage: measure.py WIDTH HEIGHT. The mask comes first, WIDTH * HEIGHT bytes, 0 or 1; the answer is one line, the names of the operations at
hand. Then each line that names one runs it once and answers its time in seconds.
"""

import sys
import time

import numpy as np


def operations(mask):
    found = {}
    eight = np.ones((3, 3), bool)
    try:
        from scipy import ndimage

        found |= {
            "scipy distance transform": lambda: ndimage.distance_transform_edt(mask),
            "scipy connected components": lambda: ndimage.label(mask, eight),
        }
    except ImportError:
        pass
    try:
        from skimage import measure, morphology

        found |= {
            "scikit-image thin": lambda: morphology.skeletonize(mask),
            "scikit-image connected components": lambda: measure.label(mask, connectivity=2),
        }
    except ImportError:
        pass
    return found


def main():
    width, height = map(int, sys.argv[1:])
    pixels = sys.stdin.buffer.read(width * height)
    found = operations(np.frombuffer(pixels, np.uint8).reshape(height, width) > 0)
    print(",".join(found), flush=True)
    for line in sys.stdin.buffer:
        start = time.perf_counter()
        found[line.decode().strip()]()
        print(time.perf_counter() - start, flush=True)


main()
