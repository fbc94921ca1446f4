"""Training steps and predictions of segmentation networks in PyTorch, for segmentation_bench.ts.

python3 segmentation_step.py THREADS

Reads one line a request, "train|predict arch width batch size", works on random pixels, and answers with a line. The first line it
writes is its version. The networks are those of models/segmentation/unet.ts and liu_deepcrack.ts; the loss is binary cross-entropy.
"""
import sys

import torch
import torch.nn as nn
import torch.nn.functional as F


def unit(inputs, outputs, bias):
    return nn.Sequential(nn.Conv2d(inputs, outputs, 3, padding=1, bias=bias), nn.BatchNorm2d(outputs), nn.ReLU(True))


class UNet(nn.Module):
    def __init__(self, width):
        super().__init__()
        channels = [round(64 * 2**level * width) for level in range(5)]
        pairs = zip([3] + channels, channels)
        self.down = nn.ModuleList(nn.Sequential(unit(i, o, True), unit(o, o, True)) for i, o in pairs)
        steps = list(zip(channels[:0:-1], channels[-2::-1]))
        self.up = nn.ModuleList(nn.ConvTranspose2d(i, o, 2, 2) for i, o in steps)
        self.join = nn.ModuleList(nn.Sequential(unit(2 * o, o, True), unit(o, o, True)) for _, o in steps)
        self.head = nn.Conv2d(channels[0], 1, 1)

    def forward(self, x):
        kept = []
        for level, block in enumerate(self.down):
            x = block(x if level == 0 else F.max_pool2d(x, 2))
            kept.append(x)
        for up, join, skip in zip(self.up, self.join, kept[-2::-1]):
            x = join(torch.cat([skip, up(x)], 1))
        return [self.head(x)]


class LiuDeepCrack(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.stages, self.sides, inputs = nn.ModuleList(), nn.ModuleList(), 3
        for outputs, count in ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)):
            outputs = round(outputs * width)
            units = [unit(inputs if i == 0 else outputs, outputs, False) for i in range(count)]
            self.stages.append(nn.Sequential(*units))
            self.sides.append(nn.Conv2d(outputs, 1, 1, bias=False))
            inputs = outputs
        self.fuse = nn.Conv2d(5, 1, 1, bias=False)

    def forward(self, x):
        size, logits = x.shape[2:], []
        for level, (stage, side) in enumerate(zip(self.stages, self.sides)):
            x = stage(x if level == 0 else F.max_pool2d(x, 2))
            logits.append(F.interpolate(side(x), size, mode="bilinear", align_corners=True))
        return [self.fuse(torch.cat(logits, 1)), *logits]


def worker(what, arch, width, batch, size):
    network = {"unet": UNet, "deepcrack_liu": LiuDeepCrack}[arch](width)
    x, truth = torch.rand(batch, 3, size, size), torch.rand(batch, 1, size, size).round()
    optimizer = torch.optim.SGD(network.parameters(), lr=0.01, momentum=0.9)

    def train():
        optimizer.zero_grad()
        sum(F.binary_cross_entropy_with_logits(logits, truth) for logits in network(x)).backward()
        optimizer.step()

    @torch.no_grad()
    def predict():
        network(x)[0].sigmoid()

    network.train(what == "train")
    return train if what == "train" else predict


torch.set_num_threads(int(sys.argv[1]))
print(torch.__version__, flush=True)
workers = {}
for line in sys.stdin:
    if line not in workers:
        what, arch, width, batch, size = line.split()
        workers = {line: worker(what, arch, float(width), int(batch), int(size))}
    workers[line]()
    print("done", flush=True)
