"""Ridge filters of SciPy and scikit-image on one plane.

Usage: ridge_filters.py WIDTH HEIGHT IN OUT. IN holds WIDTH * HEIGHT float64 values. OUT gets four planes of float64: Sato's and Frangi's filter as
scikit-image 0.26 defines them, built here of SciPy's gaussian_filter where the version at hand is older; then both as the version at hand has them.
Prints that version and the seconds of both of its filters.
"""

import sys
import time

import numpy as np
from scipy.ndimage import gaussian_filter
import skimage
from skimage.filters import frangi, sato

SIGMAS = (1, 3, 5, 7, 9)


def eigenvalues(image, sigma):
    """Of the Hessian by two Gaussian derivatives of first order; the one of greater magnitude last."""
    options = {"sigma": sigma / np.sqrt(2), "mode": "reflect", "truncate": 8 if sigma > 1 else 100}
    along_y = gaussian_filter(image, order=(1, 0), **options)
    along_x = gaussian_filter(image, order=(0, 1), **options)
    a = gaussian_filter(along_y, order=(1, 0), **options)
    b = gaussian_filter(along_y, order=(0, 1), **options)
    c = gaussian_filter(along_x, order=(0, 1), **options)
    matrices = np.stack([np.stack([a, b], -1), np.stack([b, c], -1)], -1)
    values = np.linalg.eigvalsh(matrices)
    order = np.argsort(np.abs(values), -1)
    return np.take_along_axis(values, order, -1)


def sato_026(image):
    return np.max([sigma**2 * np.maximum(eigenvalues(image, sigma).max(-1), 0) for sigma in SIGMAS], 0)


def frangi_026(image, beta=0.5):
    gamma, found = None, []
    for sigma in SIGMAS:
        values = eigenvalues(image, sigma)
        structure = np.sqrt((values**2).sum(-1))
        gamma = gamma or structure.max() / 2 or 1
        ratio = np.abs(values[..., 0]) / np.maximum(values[..., 1], 1e-10)
        found.append(np.exp(-(ratio**2) / (2 * beta**2)) * (1 - np.exp(-(structure**2) / (2 * gamma**2))))
    return np.max(found, 0)


def timed(filter, image):
    start = time.perf_counter()
    result = filter(image)
    return result, time.perf_counter() - start


def main():
    width, height = map(int, sys.argv[1:3])
    image = np.fromfile(sys.argv[3], np.float64).reshape(height, width)
    (its_sato, sato_seconds), (its_frangi, frangi_seconds) = (
        timed(lambda image: filter(image, sigmas=SIGMAS, black_ridges=True, mode="reflect"), image)
        for filter in (sato, frangi)
    )
    planes = [sato_026(image), frangi_026(image), its_sato, its_frangi]
    np.concatenate([plane.ravel() for plane in planes]).astype(np.float64).tofile(sys.argv[4])
    print(skimage.__version__, sato_seconds, frangi_seconds)


main()
