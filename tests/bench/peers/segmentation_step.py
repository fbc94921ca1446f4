"""Training steps and predictions of segmentation networks in PyTorch, for segmentation_bench.ts.

python3 segmentation_step.py THREADS

Reads one line a request, "train|predict arch width batch size", works on random pixels, and answers with a line: how many parameters
the network has that training moves. The first line it writes is its version. The loss is binary cross-entropy, summed over the outputs.
"""
import sys

# So that nothing is written beside the sources.
sys.dont_write_bytecode = True

import torch
import torch.nn.functional as F

from segmentation_networks import NETWORKS


def worker(what, arch, width, batch, size):
    network = NETWORKS[arch](width)
    x, truth = torch.rand(batch, 3, size, size), torch.rand(batch, 1, size, size).round()
    optimizer = torch.optim.SGD(network.parameters(), lr=0.01, momentum=0.9)
    count = sum(parameter.numel() for parameter in network.parameters())

    def train():
        optimizer.zero_grad()
        sum(F.binary_cross_entropy_with_logits(logits, truth) for logits in network(x)).backward()
        optimizer.step()
        return count

    @torch.no_grad()
    def predict():
        network(x)[0].sigmoid()
        return count

    network.train(what == "train")
    return train if what == "train" else predict


torch.set_num_threads(int(sys.argv[1]))
print(torch.__version__, flush=True)
workers = {}
for line in sys.stdin:
    if line not in workers:
        what, arch, width, batch, size = line.split()
        workers = {line: worker(what, arch, float(width), int(batch), int(size))}
    print(workers[line](), flush=True)
