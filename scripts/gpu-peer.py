#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The same block with PyTorch's grouped matmul and JAX's ragged_dot, forward and backward, as
points of reference beside Nullcurve on the same card.

  gpu-peer.py OUT.csv

bfloat16, 32768 x 2048 x 1408 x 60 top-8 at null fractions 0, 0.5 and 0.9, compact dispatch, fused
w13, token-wise combine, loss mean (y^2), gradients of x and all weights.  Sorting by expert is in
the timed region, sampling of the routing is not, as in Nullcurve's `full`.
"""

import csv
import sys
import time

T, H, M, E, K = 32768, 2048, 1408, 60, 8
FRACTIONS = (0.0, 0.5, 0.9)
STEPS = 10


def median_seconds(step, finish):
    for _ in range(3):
        step()
    finish()
    times = []
    for _ in range(STEPS):
        start = time.perf_counter()
        step()
        finish()
        times.append(time.perf_counter() - start)
    return sorted(times)[STEPS // 2]


def with_torch():
    import torch
    import torch.nn.functional as F

    grouped = getattr(torch, "_grouped_mm", None)
    if grouped is None:
        raise RuntimeError("this PyTorch has no grouped matmul")
    torch.manual_seed(0)
    make = lambda *shape, scale: (torch.randn(*shape, device="cuda") * scale).bfloat16()
    x = make(T, H, scale=1.0).requires_grad_()
    w13 = make(E, H, 2 * M, scale=H**-0.5).requires_grad_()
    w2 = make(E, M, H, scale=M**-0.5).requires_grad_()
    logits = torch.randn(T, E, device="cuda")
    chosen, expert = logits.topk(K)
    weight = chosen.softmax(-1)
    for fraction in FRACTIONS:
        real = torch.rand(T, K, device="cuda") >= fraction

        def step():
            slots = real.flatten().nonzero().flatten()
            ids = expert.flatten()[slots]
            order = ids.argsort(stable=True)
            slots, ids = slots[order], ids[order]
            offsets = torch.bincount(ids, minlength=E).cumsum(0).int()
            token = slots // K
            gate, up = grouped(x[token], w13, offs=offsets).chunk(2, -1)
            out = grouped(F.silu(gate) * up, w2, offs=offsets)
            y = torch.zeros(T, H, device="cuda", dtype=torch.float32)
            y = y.index_add(0, token, out.float() * weight.flatten()[slots, None])
            loss = y.bfloat16().float().square().mean()
            torch.autograd.grad(loss, (x, w13, w2))

        yield "torch " + torch.__version__ + " _grouped_mm", fraction, median_seconds(
            step, torch.cuda.synchronize
        )


def with_jax():
    import jax
    import jax.numpy as jnp

    if jax.default_backend() != "gpu":
        raise RuntimeError("JAX sees no GPU here")
    keys = jax.random.split(jax.random.PRNGKey(0), 5)
    normal = lambda key, shape, scale: (jax.random.normal(key, shape) * scale).astype(jnp.bfloat16)
    x, w13 = normal(keys[0], (T, H), 1.0), normal(keys[1], (E, H, 2 * M), H**-0.5)
    w2 = normal(keys[2], (E, M, H), M**-0.5)
    chosen, expert = jax.lax.top_k(jax.random.normal(keys[3], (T, E)), K)
    weight = jax.nn.softmax(chosen, -1)
    for fraction in FRACTIONS:
        real = (jax.random.uniform(keys[4], (T, K)) >= fraction).flatten()
        rows = int(real.sum())

        def loss(x, w13, w2):
            ids = jnp.where(real, expert.flatten(), E)
            slots = jnp.argsort(ids, stable=True)[:rows]
            sizes = jnp.bincount(ids, length=E)
            token = slots // K
            h = jax.lax.ragged_dot(x[token], w13, sizes)
            gate, up = jnp.split(h, 2, -1)
            out = jax.lax.ragged_dot(jax.nn.silu(gate) * up, w2, sizes)
            scaled = out.astype(jnp.float32) * weight.flatten()[slots, None]
            y = jnp.zeros((T, H), jnp.float32).at[token].add(scaled)
            return jnp.mean(jnp.square(y.astype(jnp.bfloat16).astype(jnp.float32)))

        gradient = jax.jit(jax.grad(loss, (0, 1, 2)))
        last = []

        def step():
            last[:] = gradient(x, w13, w2)

        yield "jax " + jax.__version__ + " ragged_dot", fraction, median_seconds(
            step, lambda: jax.block_until_ready(last)
        )


def main():
    rows = []
    for peer in (with_torch, with_jax):
        try:
            for name, fraction, seconds in peer():
                rows.append((name, f"{T}x{H}x{M}x{E}", K, fraction, round(T / seconds)))
        except Exception as error:  # a peer that cannot run is no failure of the check
            print(f"NOT DONE: {peer.__name__}: {error}")
    if not rows:
        return 1
    with open(sys.argv[1], "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("peer", "shape", "topk", "null_target", "tokens_per_s"))
        writer.writerows(rows)
    return 0


if __name__ == "__main__":
    sys.exit(main())
