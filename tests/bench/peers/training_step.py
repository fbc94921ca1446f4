"""Training steps of residual networks in PyTorch, for train_bench.ts.

python3 training_step.py THREADS

Reads one line a request, "arch width batch size", runs one step (forward, backward, SGD with momentum) of that network on random
pixels, and answers with a line. The first line it writes is its version. The networks are those of models/classifier/resnet.ts.
"""
import sys

import torch
import torch.nn as nn
import torch.nn.functional as F

LAYERS = {"resnet18": (2, 2, 2, 2), "resnet50": (3, 4, 6, 3)}


class Unit(nn.Module):
    """Convolution and batch norm."""

    def __init__(self, inputs, outputs, side, stride):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, side, stride, side // 2, bias=False)
        self.norm = nn.BatchNorm2d(outputs)

    def forward(self, x):
        return self.norm(self.conv(x))


class Block(nn.Module):
    """A residual block: its branch's units with ReLUs between them, added to the input or to its projection."""

    def __init__(self, units, shortcut):
        super().__init__()
        self.units = nn.ModuleList(units)
        self.shortcut = shortcut

    def forward(self, x):
        y = x
        for unit in self.units[:-1]:
            y = F.relu(unit(y))
        return F.relu(self.units[-1](y) + (self.shortcut(x) if self.shortcut else x))


def resnet(arch, width):
    channels = round(64 * width)
    layers = [Unit(3, channels, 7, 2), nn.ReLU(), nn.MaxPool2d(3, 2, 1)]
    inputs = channels
    bottleneck = arch == "resnet50"
    for stage, count in enumerate(LAYERS[arch]):
        inner = channels * 2**stage
        outputs = 4 * inner if bottleneck else inner
        for index in range(count):
            stride = 2 if stage > 0 and index == 0 else 1
            if bottleneck:
                units = [Unit(inputs, inner, 1, stride), Unit(inner, inner, 3, 1), Unit(inner, outputs, 1, 1)]
            else:
                units = [Unit(inputs, inner, 3, stride), Unit(inner, outputs, 3, 1)]
            projects = index == 0 and (bottleneck or stride > 1)
            layers.append(Block(units, Unit(inputs, outputs, 1, stride) if projects else None))
            inputs = outputs
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(inputs, 2))


def trainer(arch, width, batch, size):
    network = resnet(arch, width)
    optimizer = torch.optim.SGD(network.parameters(), lr=0.01, momentum=0.9)
    x, classes = torch.rand(batch, 3, size, size), torch.arange(batch) % 2

    def step():
        optimizer.zero_grad()
        F.cross_entropy(network(x), classes).backward()
        optimizer.step()

    return step


torch.set_num_threads(int(sys.argv[1]))
print(torch.__version__, flush=True)
steps = {}
for line in sys.stdin:
    if line not in steps:
        arch, width, batch, size = line.split()
        steps = {line: trainer(arch, float(width), int(batch), int(size))}
    steps[line]()
    print("done", flush=True)
