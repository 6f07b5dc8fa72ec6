"""The optimiser of the starter model, shared by several processes that each compute the gradient of a part of every batch.

Muon for the matrices (Jordan et al. 2024: momentum, made orthogonal by five steps of a Newton-Schulz iteration), AdamW for
the embedding and the norms (Loshchilov and Hutter 2019). Parameters, moments and gradients lie in shared memory; each process
updates the parameters that are its own.
"""
import sys

import torch
import torch.multiprocessing as multiprocessing

MATRIX_RATE, RATE, MOMENTUM, BETAS, EPSILON, DECAY, CLIP = 0.02, 3e-3, 0.95, (0.9, 0.95), 1e-8, 0.05, 1.0
WAIT = 600  # seconds until a process takes the others for dead


def orthogonal(g):
    """The nearest (semi-)orthogonal matrix, roughly."""
    x = g / (g.norm() + 1e-7)
    tall = x.shape[0] > x.shape[1]
    if tall:
        x = x.t()
    for _ in range(5):
        square = x @ x.t()
        x = 3.4445 * x + (-4.7750 * square + 2.0315 * square @ square) @ x
    return x.t() if tall else x


class Optimizer:
    def __init__(self, model, workers):
        named = list(model.named_parameters())
        size = sum(p.numel() for _, p in named)
        self.values, self.first, self.second = (torch.zeros(size).share_memory_() for _ in range(3))
        self.gradients, self.norms = torch.zeros(workers, size).share_memory_(), torch.zeros(workers).share_memory_()
        self.taken = torch.zeros(1, dtype=torch.int64).share_memory_()
        self.barrier = multiprocessing.get_context("fork").Barrier(workers)
        self.parts, self.model, at, load = [], model, 0, [0] * workers
        for name, p in named:
            self.values[at:at + p.numel()] = p.detach().flatten()
            p.data = self.values[at:at + p.numel()].view(p.shape)
            matrix = p.ndim == 2 and not name.startswith("token_embd")
            owner = load.index(min(load))
            load[owner] += p.numel() * (min(p.shape) if matrix else 1)
            self.parts.append((slice(at, at + p.numel()), p, matrix, owner))
            at += p.numel()

    def wait(self):
        self.barrier.wait(WAIT)

    def clear(self, rank):
        self.gradients[rank].zero_()
        for where, p, _, _ in self.parts:
            p.grad = self.gradients[rank][where].view(p.shape)

    @torch.no_grad()
    def step(self, rank, factor):
        """factor: of the peak rates. Returns when every process has made its part of the step."""
        self.wait()  # all gradients are there
        mine = [part for part in self.parts if part[3] == rank]
        means = [self.gradients[:, where].mean(0) for where, _, _, _ in mine]
        self.norms[rank] = sum(g.pow(2).sum() for g in means)
        count = int(self.taken[0]) + 1
        self.wait()
        clip = min(1.0, CLIP / (float(self.norms.sum()) ** 0.5 + 1e-6))
        for (where, p, matrix, _), g in zip(mine, means):
            value, first, second = self.values[where], self.first[where], self.second[where]
            g *= clip
            if matrix:
                first.mul_(MOMENTUM).add_(g)
                change = orthogonal((g + MOMENTUM * first).view(p.shape)).flatten()
                step = MATRIX_RATE * factor
                value.mul_(1 - step * DECAY).add_(change, alpha=-step * max(1.0, p.shape[0] / p.shape[1]) ** 0.5)
            else:
                first.mul_(BETAS[0]).add_(g, alpha=1 - BETAS[0])
                second.mul_(BETAS[1]).addcmul_(g, g, value=1 - BETAS[1])
                step = RATE * factor
                if p.ndim == 2:
                    value.mul_(1 - step * DECAY)
                root = (second / (1 - BETAS[1] ** count)).sqrt_().add_(EPSILON)
                value.addcdiv_(first, root, value=-step / (1 - BETAS[0] ** count))
        if rank == 0:
            self.taken[0] = count
        self.wait()

    def state(self):
        return {"values": self.values, "first": self.first, "second": self.second, "taken": self.taken}

    def load(self, state):
        for name, mine in self.state().items():
            mine.copy_(state[name])


def run_workers(worker, count):
    """Runs worker(rank) in that many processes; ends the program if one of them fails."""
    context = multiprocessing.get_context("fork")
    processes = [context.Process(target=worker, args=(rank,), daemon=True) for rank in range(count)]
    for process in processes:
        process.start()
    while any(process.is_alive() for process in processes):
        for process in processes:
            process.join(1)
            if process.exitcode not in (None, 0):
                for other in processes:
                    other.terminate()
                sys.exit(f"train: a process of the training ended with {process.exitcode}.")
