"""Repeats the training of LossJob with PyTorch's DistributedDataParallel over Gloo in two processes, and prints the mean loss of each step. With "normalized" one process has the whole batch and
BatchNorm1d: SyncBatchNorm runs on GPUs alone. Arguments: FOLDER sgd|adam|normalized."""
import datetime
import os
import signal
import sys

import torch
import torch.distributed as dist

EXAMPLES, FEATURES, HIDDEN, CLASSES, BATCH, EPOCHS = 480, 784, 32, 10, 48, 3


def read(folder, name, dtype):
    with open(os.path.join(folder, name), "rb") as file:
        return torch.frombuffer(bytearray(file.read()), dtype=dtype)


def train(rank, size, folder, optimizer):
    torch.set_num_threads(1)
    dist.init_process_group("gloo", init_method="file://" + os.path.join(folder, "rendezvous"), timeout=datetime.timedelta(seconds=60), rank=rank, world_size=size)
    x = read(folder, "features", torch.float32).reshape(EXAMPLES, FEATURES)
    y = read(folder, "labels", torch.int64)
    first = torch.nn.Linear(FEATURES, HIDDEN)
    second = torch.nn.Linear(HIDDEN, CLASSES)
    parameters = read(folder, "parameters", torch.float32)
    with torch.no_grad():
        for layer in (first, second):
            if layer is second and optimizer == "normalized":
                # Scale and shift, 1 and 0 here as there.
                parameters = parameters[2 * HIDDEN:]
            inputs, outputs = layer.in_features, layer.out_features
            weight, bias, parameters = parameters.split([inputs * outputs, outputs, len(parameters) - (inputs + 1) * outputs])
            layer.weight.copy_(weight.reshape(inputs, outputs).T)
            layer.bias.copy_(bias)
    between = [torch.nn.BatchNorm1d(HIDDEN)] if optimizer == "normalized" else []
    model = torch.nn.parallel.DistributedDataParallel(torch.nn.Sequential(first, *between, torch.nn.Tanh(), second))
    steps = torch.optim.Adam(model.parameters(), lr=0.01) if optimizer == "adam" else torch.optim.SGD(model.parameters(), lr=0.1)
    share = BATCH // size
    for _ in range(EPOCHS):
        for start in range(0, EXAMPLES, BATCH):
            own = slice(start + rank * share, start + (rank + 1) * share)
            loss = torch.nn.functional.cross_entropy(model(x[own]), y[own])
            steps.zero_grad()
            loss.backward()
            steps.step()
            total = loss.detach().double()
            dist.all_reduce(total)
            if rank == 0:
                print("loss", repr(total.item() / size))


if __name__ == "__main__":
    # Forked, so that PyTorch is loaded once.
    size = 1 if sys.argv[2] == "normalized" else 2
    child = os.fork() if size == 2 else 0
    train(0 if child or size == 1 else 1, size, *sys.argv[1:3])
    sys.stdout.flush()
    if child:
        # Gloo's own end stands still at times when everything is done; nothing is waited for but the losses, and those have been written.
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    os._exit(0)
