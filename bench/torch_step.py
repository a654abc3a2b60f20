#!/usr/bin/env python3
"""Times PyTorch training steps of ConvCanvas designs, for a ratio in the same run. Debian: apt-get install python3-torch.

Usage: torch_step.py design.convcanvas [--batch 64] [--steps 20] [--threads 2] [--device cpu|cuda]
Prints one JSON line: {"engine", "msPerStep", "peakBytes", "idleBytes"}; the median of the steps, the process's largest
memory at the end and before the network was made.
"""
import argparse, json, statistics, time
import torch
from torch import nn
import torch.nn.functional as F

arguments = argparse.ArgumentParser()
arguments.add_argument("design")
arguments.add_argument("--batch", type=int, default=64)
arguments.add_argument("--steps", type=int, default=20)
arguments.add_argument("--threads", type=int, default=2)
arguments.add_argument("--device", default="cpu")
options = arguments.parse_args()
torch.set_num_threads(options.threads)


def padding(fields):
    """Padding for PyTorch: a number or a pair; designs here do not pad on one side only."""
    value = fields["padding"]
    if value != "same":
        return tuple(value) if isinstance(value, list) else value
    return (fields["kernelSize"] - 1) // 2


def module(kind, fields, shapes):
    """The module for a layer whose inputs have these shapes, [N, ...]."""
    if kind == "Conv2D":
        return nn.Conv2d(shapes[0][1], fields["filters"], fields["kernelSize"], fields["strides"], padding(fields), fields["dilation"], fields["groups"], fields["useBias"])
    if kind == "MaxPooling2D":
        return nn.MaxPool2d(fields["poolSize"], fields["strides"], padding(fields))
    if kind == "Dense":
        return nn.Linear(shapes[0][1], fields["units"], fields["useBias"])
    if kind == "BatchNormalization":
        return nn.BatchNorm2d(shapes[0][1], eps=fields["epsilon"], momentum=1 - fields["momentum"])
    if kind == "LocalResponseNormalization":
        return nn.LocalResponseNorm(fields["size"], fields["alpha"], fields["beta"], fields["bias"])
    plain = {"ReLU": nn.ReLU, "Flatten": nn.Flatten, "Softmax": nn.Identity}
    if kind in plain:
        return plain[kind]()
    if kind == "Dropout":
        return nn.Dropout(fields["rate"])
    if kind == "GlobalAveragePooling2D":
        return nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten())
    raise SystemExit(f"torch_step.py does not know {kind}")


class Drawn(nn.Module):
    """A design's layers, run in an order in which each comes after what feeds it."""

    def __init__(self, design, batch):
        super().__init__()
        self.feeding = {layer["id"]: [a for a, b in design["edges"] if b == layer["id"]] for layer in design["layers"]}
        kinds = {layer["id"]: layer for layer in design["layers"]}
        self.order, shapes = [], {}
        self.parts = nn.ModuleDict()
        while len(shapes) < len(kinds):
            for id, layer in kinds.items():
                if id in shapes or any(a not in shapes for a in self.feeding[id]):
                    continue
                kind, fields = layer["kind"], layer["fields"]
                given = [shapes[a] for a in self.feeding[id]]
                if kind == "Input":
                    self.input, self.shape = id, (fields["channels"], fields["height"], fields["width"])
                    shapes[id] = (batch, *self.shape)
                elif kind == "Add":
                    shapes[id] = given[0]
                else:
                    self.parts[id] = module(kind, fields, given)
                    with torch.no_grad():
                        shapes[id] = tuple(self.parts[id](torch.zeros(given[0])).shape)
                self.order.append((id, kind))

    def forward(self, x):
        values = {self.input: x}
        for id, kind in self.order:
            if kind == "Input":
                continue
            given = [values[a] for a in self.feeding[id]]
            values[id] = sum(given[1:], given[0]) if kind == "Add" else self.parts[id](given[0])
        return values[self.order[-1][0]]


def memory():
    """The process's largest memory so far, bytes. (What getrusage tells includes the process that started this one.)"""
    with open("/proc/self/status") as status:
        return 1024 * int(next(line for line in status if line.startswith("VmHWM:")).split()[1])


idle = memory()
with open(options.design) as file:
    design = json.load(file)
model = Drawn(design, options.batch).to(options.device)
optimizer = torch.optim.SGD(model.parameters(), lr=0.001, momentum=0.9)
x = torch.randn(options.batch, *model.shape, device=options.device)
classes = model(x[:2]).shape[1]
y = torch.arange(options.batch, device=options.device) % classes


def step():
    optimizer.zero_grad()
    loss = F.cross_entropy(model(x), y)
    loss.backward()
    optimizer.step()
    return loss.item()  # read at every step, as a live curve does


for _ in range(3):
    step()
times = []
for _ in range(options.steps):
    begin = time.perf_counter()
    step()
    times.append(1e3 * (time.perf_counter() - begin))
print(json.dumps({"engine": f"PyTorch {torch.__version__}", "msPerStep": statistics.median(times), "peakBytes": memory(), "idleBytes": idle}))
