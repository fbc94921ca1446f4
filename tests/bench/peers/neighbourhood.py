"""OpenCV's and scikit-image's neighbourhood operations, one call a line of standard input.

Usage: neighbourhood.py WIDTH HEIGHT. The image comes first, WIDTH * HEIGHT * 3 bytes of RGB; the answer is one line, the names of the
operations at hand. Then each line that names one runs it once and answers its time in seconds.
"""

import sys
import time

import numpy as np


def operations(rgb, grey):
    found = {}
    try:
        import cv2

        box = np.ones((3, 3), np.uint8)
        found |= {
            "opencv bilateral rgb": lambda: cv2.bilateralFilter(rgb, 5, 120, 120),
            "opencv bilateral grey": lambda: cv2.bilateralFilter(grey, 5, 120, 120),
            "opencv erode 3x3 four times": lambda: cv2.erode(grey, box, iterations=4),
            "opencv close 3x3": lambda: cv2.morphologyEx(grey, cv2.MORPH_CLOSE, box),
        }
    except ImportError:
        pass
    try:
        from skimage.filters import frangi, sato, threshold_niblack, threshold_sauvola
        from skimage.restoration import denoise_bilateral

        colours = {"win_size": 5, "sigma_color": 120 / 255, "sigma_spatial": 120}
        unit = rgb.astype(np.float64) / 255
        unit_grey = grey.astype(np.float64) / 255
        found |= {
            "scikit-image bilateral rgb": lambda: denoise_bilateral(unit, channel_axis=-1, **colours),
            "scikit-image bilateral grey": lambda: denoise_bilateral(unit_grey, **colours),
            "scikit-image niblack 33": lambda: grey <= threshold_niblack(grey, 33, k=0.2),
            "scikit-image sauvola 33": lambda: grey <= threshold_sauvola(grey, 33, k=0.2, r=128),
            "scikit-image sato": lambda: sato(unit_grey),
            "scikit-image frangi": lambda: frangi(unit_grey),
        }
    except ImportError:
        pass
    return found


def main():
    width, height = map(int, sys.argv[1:])
    pixels = sys.stdin.buffer.read(width * height * 3)
    rgb = np.frombuffer(pixels, np.uint8).reshape(height, width, 3)
    grey = np.rint(rgb @ [0.299, 0.587, 0.114]).astype(np.uint8)
    found = operations(rgb, grey)
    print(",".join(found), flush=True)
    for line in sys.stdin.buffer:
        start = time.perf_counter()
        found[line.decode().strip()]()
        print(time.perf_counter() - start, flush=True)


main()
