"""Writes a torchvision ResNet or EfficientNet of random weights, a batch of random images and its logits of them.

Needs Debian's python3-torchvision: /usr/bin/python3 torchvision_logits.py ARCH CLASSES HEIGHT WIDTH FOLDER
FOLDER gets weights.safetensors (torchvision's names), images.bin (uint8, N x H x W x 3) and logits.bin (float32, N x CLASSES).
"""

import copy
import json
import struct
import sys

import numpy as np
import torch
import torchvision

COUNT = 3
MEAN = torch.tensor([0.485, 0.456, 0.406]).reshape(1, 3, 1, 1)
DEVIATION = torch.tensor([0.229, 0.224, 0.225]).reshape(1, 3, 1, 1)

arch, classes, height, width, folder = sys.argv[1], *map(int, sys.argv[2:5]), sys.argv[5]
torch.manual_seed(17)
random = np.random.default_rng(17)
model = getattr(torchvision.models, arch)(num_classes=classes)


def images(count: int) -> np.ndarray:
    return random.integers(0, 256, (count, height, width, 3), dtype=np.uint8)


def normalised(batch: np.ndarray) -> torch.Tensor:
    x = torch.from_numpy(batch).permute(0, 3, 1, 2).float() / 255
    return (x - MEAN) / DEVIATION


with torch.no_grad():
    norms = [m for m in model.modules() if isinstance(m, torch.nn.BatchNorm2d)]
    for norm in norms:
        norm.weight.uniform_(0.5, 1.5)
        norm.bias.uniform_(-0.3, 0.3)
        norm.momentum = None
    # Statistics that the activations have, then changed at random: the logits stay of the order of 1.
    model.train()
    model(normalised(images(4)))
    for norm in norms:
        norm.running_mean += 0.1 * norm.running_var.sqrt() * torch.randn_like(norm.running_mean)
        norm.running_var *= torch.empty_like(norm.running_var).uniform_(0.7, 1.4)
    # As in trained networks, some channels hardly vary, where the epsilon counts.
    norms[1].running_var[::8] = 1e-9
    norms[1].weight[::8] *= 1e-3
    model.eval()
    batch = images(COUNT)
    logits = model(normalised(batch)).numpy()
    exact = copy.deepcopy(model).double()(normalised(batch).double()).numpy()
    print(f"  torchvision in float32 and float64: logits differ by {np.abs(logits - exact).max():.2e} at most")

header, parts, offset = {}, [], 0
for name, tensor in model.state_dict().items():
    values = tensor.numpy()
    dtype = {"float32": "F32", "int64": "I64"}[str(values.dtype)]
    data = values.tobytes()
    header[name] = {
        "dtype": dtype,
        "shape": list(values.shape),
        "data_offsets": [offset, offset + len(data)],
    }
    parts.append(data)
    offset += len(data)
text = json.dumps(header).encode()
with open(f"{folder}/weights.safetensors", "wb") as file:
    file.write(struct.pack("<Q", len(text)) + text + b"".join(parts))
batch.tofile(f"{folder}/images.bin")
logits.astype("<f4").tofile(f"{folder}/logits.bin")
