"""Whole labels with PyTorch, OpenCV and scikit-image, for label_bench.ts: the recipe `paper` with an untrained ResNet-50.

python3 label.py WIDTH HEIGHT THREADS

The photo comes first, WIDTH * HEIGHT * 3 bytes of RGB; the answer is a line with the versions. Then every line labels it once and
answers the time in seconds.
"""

import sys
import time

import cv2
import numpy as np
import skimage
import torch
import torch.nn as nn
import torch.nn.functional as F
from skimage.filters import threshold_multiotsu

PATCH, STRIDE, BATCH = 32, 16, 256
THRESHOLD_PATCH, THRESHOLD_STRIDE, CLASSES = 32, 8, 3


class Unit(nn.Module):
    """Convolution and batch norm, folded into one as for inference."""

    def __init__(self, inputs, outputs, side, stride):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, side, stride, side // 2)
        nn.init.kaiming_uniform_(self.conv.weight, nonlinearity="relu")

    def forward(self, x):
        return self.conv(x)


class Bottleneck(nn.Module):
    def __init__(self, inputs, inner, stride):
        super().__init__()
        self.a = Unit(inputs, inner, 1, stride)
        self.b = Unit(inner, inner, 3, 1)
        self.c = Unit(inner, 4 * inner, 1, 1)
        self.shortcut = Unit(inputs, 4 * inner, 1, stride) if inputs != 4 * inner or stride > 1 else None

    def forward(self, x):
        y = self.c(F.relu(self.b(F.relu(self.a(x)))))
        return F.relu(0.1 * y + (self.shortcut(x) if self.shortcut else x))


class ResNet50(nn.Module):
    def __init__(self):
        super().__init__()
        layers, inputs = [Unit(3, 64, 7, 2), nn.ReLU(), nn.MaxPool2d(3, 2, 1)], 64
        for stage, count in enumerate((3, 4, 6, 3)):
            inner = 64 * 2**stage
            for index in range(count):
                layers.append(Bottleneck(inputs, inner, 2 if stage > 0 and index == 0 else 1))
                inputs = 4 * inner
        self.features = nn.Sequential(*layers)
        self.head = nn.Linear(inputs, 2)

    def forward(self, x):
        return self.head(self.features(x).mean((2, 3)))


def pad(image, size, stride):
    """Mirrors the borders so that every pixel lies under (size / stride) ** 2 patches."""
    margin = size - stride
    bottom, right = (margin + -length % stride for length in image.shape[:2])
    return np.pad(image, ((margin, bottom), (margin, right)) + ((0, 0),) * (image.ndim - 2), "reflect")


def tensor(rgb):
    return torch.from_numpy(rgb.astype(np.float32) / 255).movedim(-1, -3)


def patch_map(network, rgb):
    """Stages 2 and 3."""
    height, width = rgb.shape[:2]
    windows = np.lib.stride_tricks.sliding_window_view(pad(rgb, PATCH, STRIDE), (PATCH, PATCH), axis=(0, 1))
    windows = windows[::STRIDE, ::STRIDE]
    rows, columns = windows.shape[:2]
    patches = np.moveaxis(windows, 2, -1).reshape(-1, PATCH, PATCH, 3)
    scores = [network(tensor(patches[i : i + BATCH])).softmax(1)[:, 0] for i in range(0, len(patches), BATCH)]
    grid = torch.cat(scores).numpy().reshape(rows, columns)
    reach = PATCH // STRIDE
    cells = cv2.blur(grid, (reach, reach), anchor=(0, 0))[: rows - reach + 1, : columns - reach + 1]
    size = (cells.shape[1] * STRIDE, cells.shape[0] * STRIDE)
    return np.clip(cv2.resize(cells, size, interpolation=cv2.INTER_LANCZOS4)[:height, :width], 0, 1)


def activation_map(network, rgb):
    """Stage 4, Grad-CAM++ in closed form: what follows the last feature map is linear."""
    features = network.features(tensor(rgb)[None])[0]
    evidence = F.relu(torch.tensordot(F.relu(network.head.weight[0]), features, 1)).numpy()
    found = cv2.resize(evidence, rgb.shape[1::-1], interpolation=cv2.INTER_LANCZOS4)
    return np.maximum(found, 0) / max(found.max(), 1e-12)


def threshold(grey):
    """Stage 8: a pixel is crack where all patches over it say so."""
    padded = pad(grey, THRESHOLD_PATCH, THRESHOLD_STRIDE)
    crack = np.ones(padded.shape, bool)
    for top in range(0, padded.shape[0] - THRESHOLD_PATCH + 1, THRESHOLD_STRIDE):
        for left in range(0, padded.shape[1] - THRESHOLD_PATCH + 1, THRESHOLD_STRIDE):
            place = np.s_[top : top + THRESHOLD_PATCH, left : left + THRESHOLD_PATCH]
            try:
                crack[place] &= padded[place] <= threshold_multiotsu(padded[place], CLASSES, nbins=256)[0]
            except ValueError:  # fewer grey values than classes
                crack[place] = False
    margin = THRESHOLD_PATCH - THRESHOLD_STRIDE
    return crack[margin : margin + grey.shape[0], margin : margin + grey.shape[1]]


@torch.no_grad()
def label(network, rgb):
    mean = (patch_map(network, rgb) + activation_map(network, rgb)) / 2
    box = np.ones((3, 3), np.uint8)
    located = cv2.erode(np.where(mean > 0.5, mean, 0), box, iterations=4)
    grey = cv2.cvtColor(cv2.bilateralFilter(rgb, 5, 120, 120), cv2.COLOR_RGB2GRAY)
    product = (located * threshold(grey) * 255).astype(np.float32)
    confidence = cv2.morphologyEx(cv2.bilateralFilter(product, 5, 120, 120), cv2.MORPH_CLOSE, box) / 255
    return confidence, confidence > 0


def main():
    width, height, threads = map(int, sys.argv[1:])
    torch.set_num_threads(threads)
    cv2.setNumThreads(threads)
    rgb = np.frombuffer(sys.stdin.buffer.read(width * height * 3), np.uint8).reshape(height, width, 3)
    network = ResNet50().eval()
    print(f"PyTorch {torch.__version__}, OpenCV {cv2.__version__}, scikit-image {skimage.__version__}", flush=True)
    for _ in sys.stdin.buffer:
        start = time.perf_counter()
        label(network, rgb)
        print(time.perf_counter() - start, flush=True)


main()
