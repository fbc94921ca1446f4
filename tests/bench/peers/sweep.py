"""The sweep of thresholds with NumPy: 99 comparisons of a prediction with its truth, counted in two ways.

Usage: sweep.py WIDTH HEIGHT PAIRS. The pairs come first, WIDTH * HEIGHT float32 confidences and as many float32 truths each; the answer is one
line of JSON, TP, FP and FN of each threshold and pair. Then each line, "sum" or "count_nonzero" and a number of pairs, sweeps so many of
them in turn and answers its time in seconds.
"""

import json
import sys
import time

import numpy as np


def sweep(prediction, crack, count=np.count_nonzero):
    background = ~crack
    counts = []
    for hundredth in range(1, 100):
        called = prediction >= np.float32(hundredth / 100)
        true_positives = int(count(called & crack))
        false_positives = int(count(called & background))
        false_negatives = int(count(~called & crack))
        counts.append([true_positives, false_positives, false_negatives])
    return counts


def main():
    width, height, count = map(int, sys.argv[1:])
    values = np.frombuffer(sys.stdin.buffer.read(8 * width * height * count), np.float32)
    pairs = [(prediction, truth > 0) for prediction, truth in values.reshape(count, 2, height, width)]
    print(json.dumps([sweep(*pair) for pair in pairs]), flush=True)
    for line in sys.stdin.buffer:
        way, repetitions = line.decode().split()
        start = time.perf_counter()
        for i in range(int(repetitions)):
            sweep(*pairs[i % count], getattr(np, way))
        print(time.perf_counter() - start, flush=True)


main()
