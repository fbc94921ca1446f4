"""The segmentation networks of models/segmenter in PyTorch, for segmentation_step.py.

Each gives the logits of its outputs, the prediction first; those of OED's auxiliary outputs are those of the enlarged probabilities.
"""
import math

import torch
import torch.nn as nn
import torch.nn.functional as F


def unit(inputs, outputs):
    return nn.Sequential(nn.Conv2d(inputs, outputs, 3, padding=1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU(True))


class UNet(nn.Module):
    def __init__(self, width):
        super().__init__()
        channels = [round(64 * 2**level * width) for level in range(5)]
        pairs = zip([3] + channels, channels)
        self.down = nn.ModuleList(nn.Sequential(unit(i, o), unit(o, o)) for i, o in pairs)
        steps = list(zip(channels[:0:-1], channels[-2::-1]))
        self.up = nn.ModuleList(nn.ConvTranspose2d(i, o, 2, 2) for i, o in steps)
        self.join = nn.ModuleList(nn.Sequential(unit(2 * o, o), unit(o, o)) for _, o in steps)
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
            units = [unit(inputs if i == 0 else outputs, outputs) for i in range(count)]
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


class ZouDeepCrack(nn.Module):
    LEVELS = (
        ((64, 64), (64, 64)),
        ((128, 128), (128, 64)),
        ((256, 256, 256), (256, 256, 128)),
        ((512, 512, 512), (512, 512, 256)),
        ((512, 512, 512), (512, 512, 512)),
    )

    def __init__(self, width):
        super().__init__()
        self.encoders, self.decoders, self.fuses = nn.ModuleList(), nn.ModuleList(), nn.ModuleList()
        inputs, features = 3, round(64 * width)
        for encoder, decoder in self.LEVELS:
            encoder, decoder = ([round(channels * width) for channels in side] for side in (encoder, decoder))
            self.encoders.append(self.chain([inputs, *encoder]))
            self.decoders.append(self.chain([encoder[-1], *decoder]))
            self.fuses.append(nn.Sequential(
                nn.Conv2d(encoder[-1] + decoder[-1], features, 3, padding=1), nn.ReLU(True),
                nn.Conv2d(features, 1, 3, padding=1),
            ))
            inputs = encoder[-1]
        self.final = nn.Conv2d(len(self.LEVELS), 1, 3, padding=1)

    @staticmethod
    def chain(channels):
        pairs = zip(channels, channels[1:])
        return nn.Sequential(*(l for i, o in pairs for l in (nn.Conv2d(i, o, 3, padding=1), nn.ReLU(True))))

    def forward(self, x):
        size, kept, logits = x.shape[2:], [], []
        for encoder in self.encoders:
            encoded = encoder(x)
            x, places = F.max_pool2d(encoded, 2, return_indices=True)
            kept.append((encoded, places))
        for decoder, fuse, (encoded, places) in reversed(list(zip(self.decoders, self.fuses, kept))):
            x = decoder(F.max_unpool2d(x, places, 2))
            joined = torch.cat([encoded, x], 1)
            if joined.shape[2:] != size:
                joined = F.interpolate(joined, size, mode="bilinear", align_corners=False)
            logits.append(fuse(joined))
        return [self.final(torch.cat(logits, 1)), *logits]


class SameConv(nn.Conv2d):
    """A convolution with TensorFlow's padding: as few zeros as possible, at the right and bottom first."""

    def forward(self, x):
        (side, _), (stride, _) = self.kernel_size, self.stride
        pads = [max(0, (math.ceil(n / stride) - 1) * stride + side - n) for n in x.shape[:1:-1]]
        return super().forward(F.pad(x, [k for pad in pads for k in (pad // 2, pad - pad // 2)]))


def normalized(inputs, outputs, side, activation, stride=1, groups=1):
    convolution = SameConv(inputs, outputs, side, stride, groups=groups, bias=False)
    return nn.Sequential(convolution, nn.BatchNorm2d(outputs, eps=1e-3), activation)


class InvertedResidual(nn.Module):
    def __init__(self, inputs, outputs, expansion, side, stride):
        super().__init__()
        inner, squeezed = expansion * inputs, max(1, inputs // 4)
        self.expand = normalized(inputs, inner, 1, nn.SiLU(True)) if expansion > 1 else nn.Identity()
        self.filter = normalized(inner, inner, side, nn.SiLU(True), stride, groups=inner)
        self.gate = nn.Sequential(
            nn.AdaptiveAvgPool2d(1), nn.Conv2d(inner, squeezed, 1), nn.SiLU(True), nn.Conv2d(squeezed, inner, 1), nn.Sigmoid()
        )
        self.project = normalized(inner, outputs, 1, nn.Identity())
        self.stride, self.adds = stride, stride == 1 and inputs == outputs

    def forward(self, x):
        expanded = self.expand(x)
        y = self.filter(expanded)
        y = self.project(y * self.gate(y))
        return x + y if self.adds else y, expanded


class EfficientNetB0(nn.Module):
    """Expansion, side, blocks, channels and stride of each stage."""
    STAGES = (
        (1, 3, 1, 16, 1), (6, 3, 2, 24, 2), (6, 5, 2, 40, 2), (6, 3, 3, 80, 2), (6, 5, 3, 112, 1), (6, 5, 4, 192, 2), (6, 3, 1, 320, 1)
    )

    def __init__(self, width):
        super().__init__()
        inputs = self.channels(32 * width)
        self.stem, self.blocks, self.features = normalized(3, inputs, 3, nn.SiLU(True), 2), nn.ModuleList(), []
        for expansion, side, count, outputs, stride in self.STAGES:
            for i in range(count):
                outputs_now, stride_now = self.channels(outputs * width), stride if i == 0 else 1
                self.blocks.append(InvertedResidual(inputs, outputs_now, expansion, side, stride_now))
                if stride_now == 2:
                    self.features.append(expansion * inputs)
                inputs = outputs_now
        self.features.append(self.channels(1280 * width))
        self.top = normalized(inputs, self.features[-1], 1, nn.SiLU(True))

    @staticmethod
    def channels(count):
        rounded = max(8, 8 * math.floor(count / 8 + 0.5))
        return rounded + 8 if rounded < 0.9 * count else rounded

    def forward(self, x):
        x, features = self.stem(x), []
        for block in self.blocks:
            x, expanded = block(x)
            if block.stride == 2:
                features.append(expanded)
        return [*features, self.top(x)]


def convolve_twice(inputs, outputs):
    return nn.Sequential(normalized(inputs, outputs, 3, nn.ReLU(True)), normalized(outputs, outputs, 3, nn.ReLU(True)))


class ResidualBlock(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.first = normalized(inputs, outputs, 3, nn.ReLU(True))
        self.branches = nn.ModuleList(
            nn.Sequential(*(l for _ in range(2) for l in (nn.Conv2d(outputs, outputs, 3, padding=1), nn.ReLU(True))))
            for _ in range(2)
        )

    def forward(self, x):
        x = self.first(x)
        for branch in self.branches:
            x = x + branch(x)
        return x


class Oed(nn.Module):
    def __init__(self, width):
        super().__init__()
        *outputs, last = (round(channels * width) for channels in (256, 128, 64, 32, 16))
        self.shallow, self.encoder = convolve_twice(3, last), EfficientNetB0(width)
        *skips, below = (last, *self.encoder.features)
        self.blocks, self.sides = nn.ModuleList(), nn.ModuleList()
        for channels in outputs:
            self.blocks.append(ResidualBlock(below + skips.pop(), channels))
            self.sides.append(nn.Conv2d(channels, 1, 1))
            below = channels
        self.blocks.append(convolve_twice(below + skips.pop(), last))
        self.main = nn.Conv2d(last, 1, 3, padding=1)
        self.register_buffer("mean", torch.tensor([0.485, 0.456, 0.406]).reshape(3, 1, 1), persistent=False)
        self.register_buffer("deviation", torch.tensor([0.229, 0.224, 0.225]).reshape(3, 1, 1), persistent=False)

    def forward(self, x):
        x, size, logits = (x - self.mean) / self.deviation, x.shape[2:], []
        *skips, below = (self.shallow(x), *self.encoder(x))
        for level, block in enumerate(self.blocks):
            below = block(torch.cat([F.interpolate(below, scale_factor=2), skips.pop()], 1))
            if self.training and level < len(self.sides):
                probabilities = torch.sigmoid(self.sides[level](below))
                enlarged = F.interpolate(probabilities, size, mode="bilinear", align_corners=False)
                logits.append(torch.logit(enlarged, 1e-6))
        return [self.main(below), *logits]


NETWORKS = {"unet": UNet, "deepcrack_liu": LiuDeepCrack, "deepcrack_zou": ZouDeepCrack, "oed_b0": Oed}
