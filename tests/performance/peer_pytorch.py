#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The same block in eager PyTorch, as a peer to compare with: forward and backward of
mean(y^2), one expert after the other, routing and weights fixed.

    peer_pytorch.py [float32|bfloat16 [T H M E K [ROUNDS]]]

Needs python3-torch; prints GF/s of useful work at null fractions 0, 0.5 and 0.9, measured in turn.
"""
import statistics
import sys
import time

import torch
import torch.nn.functional as F

FRACTIONS = (0.0, 0.5, 0.9)


def routing(tokens, experts, topk, fraction):
    """Per expert: the tokens it serves and their weights; null slots are dropped."""
    torch.manual_seed(0)
    logits, chosen = torch.randn(tokens, experts).topk(topk)
    weights = logits.softmax(-1)
    real = torch.rand(tokens, topk) >= fraction
    served = []
    for expert in range(experts):
        token, slot = torch.nonzero((chosen == expert) & real, as_tuple=True)
        served.append((token, weights[token, slot]))
    return served, int(real.sum())


def step(x, w13, w2, served):
    """Gradients arrive in .grad of x and of every expert's weights."""
    y = torch.zeros_like(x)
    for expert, (token, weight) in enumerate(served):
        if len(token) == 0:
            continue
        gate, up = (x[token] @ w13[expert]).chunk(2, dim=-1)
        out = (F.silu(gate) * up) @ w2[expert]
        y = y.index_add(0, token, out * weight[:, None].to(out.dtype))
    y.float().square().mean().backward()


def main():
    dtype = getattr(torch, sys.argv[1] if len(sys.argv) > 1 else "bfloat16")
    tokens, hidden, mlp, experts, topk = (
        map(int, sys.argv[2:7]) if len(sys.argv) > 6 else (4096, 2048, 1408, 60, 4))
    rounds = int(sys.argv[7]) if len(sys.argv) > 7 else 3
    x = torch.randn(tokens, hidden).to(dtype).requires_grad_()
    w13 = [(torch.randn(hidden, 2 * mlp) / hidden**0.5).to(dtype).requires_grad_()
           for _ in range(experts)]
    w2 = [(torch.randn(mlp, hidden) / mlp**0.5).to(dtype).requires_grad_() for _ in range(experts)]
    points = [routing(tokens, experts, topk, f) for f in FRACTIONS]
    rates = {f: [] for f in FRACTIONS}
    for turn in range(rounds + 1):
        for fraction, (served, real) in zip(FRACTIONS, points):
            for tensor in [x, *w13, *w2]:
                if tensor.grad is not None:
                    tensor.grad.zero_()
            start = time.perf_counter()
            step(x, w13, w2, served)
            if turn > 0:
                rates[fraction].append(18 * hidden * mlp * real / (time.perf_counter() - start))
    print(f"PyTorch {torch.__version__}, {dtype}, {torch.get_num_threads()} threads, "
          f"{tokens}x{hidden}x{mlp}x{experts} top-{topk} forward_backward")
    for fraction in FRACTIONS:
        print(f"  null {fraction}: median {statistics.median(rates[fraction]) / 1e9:.1f} GF/s")


if __name__ == "__main__":
    main()
