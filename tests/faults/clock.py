# SPDX-License-Identifier: Apache-2.0
"""A monotonic clock that is put forward or back while nullcurve-bench measures."""
import subprocess
import time

from support import BLOCK, PATIENCE_S, check, long_samples

SWEEP = BLOCK + ["--topk-list", "1,2", "--null-route-frac-list", "0,0.5", "--iters", "5",
                 "--min-sample-time", "0.01"]
BY_S = [-3, 3, -3600, 0.2, -0.2, 4e9, -0.006, 3600]
LEAST_SHARE = 0.97  # as README says of disturbed samples
MOST_RUNS_S = 20  # of clocks that run as they should; beyond it, a sample's time is a jump's


def jump_once(place, dice, by_s):
    """Whether it was told, and how many samples are marked."""
    path, table = place.scratch / "asked" / "jump.journal", place.scratch / "asked" / "jump.csv"
    path.parent.mkdir(exist_ok=True)
    path.unlink(missing_ok=True)
    table.unlink(missing_ok=True)
    every = dice.choice([30, 300, 1000, 3000])
    done = subprocess.run(
        [str(place.bench), *SWEEP, "--journal", str(path), "--csv", str(table)],
        env=dict(place.environment, NULLCURVE_TEST_CLOCK_BY=str(by_s),
                 NULLCURVE_TEST_CLOCK_EVERY=str(every), LD_PRELOAD=place.preload("jumping-clock")),
        capture_output=True, text=True, timeout=PATIENCE_S)
    told = "clock jumped" in done.stderr
    what = f"the clock put by {by_s} s every {every} readings:"
    check(done.returncode == 0 or told and done.returncode == 1, what, "status", done.returncode,
          done.stderr[-2000:])
    if path.exists():
        place.read(path)
    if table.exists():
        place.read(table)
    samples = list(long_samples(path))
    # A time that cannot be one must never be there without a mark.
    wrong = [(time_s, share) for time_s, share in samples
             if time_s > MOST_RUNS_S and not (share is not None and share < LEAST_SHARE)]
    check(not wrong, what, "not marked:", *wrong)
    check(all(0 <= time_s < 1e6 for time_s, _ in samples), what, "no times of samples")
    return told, sum(share is not None and share < LEAST_SHARE for _, share in samples)


def fault_clock(place, dice, more):
    counts = {"runs": 0, "told": 0, "samples marked": 0}
    begun = time.monotonic()
    while counts["runs"] < 3 or time.monotonic() - begun < more.seconds:
        told, marked = jump_once(place, dice, BY_S[counts["runs"] % len(BY_S)])
        counts["runs"] += 1
        counts["told"] += told
        counts["samples marked"] += marked
    # The first two, of which one or the other cannot be missed.
    check(counts["told"] > 0, "a clock that is put back is never told of")
    check(counts["samples marked"] > 0, "a clock that is put forward never marks a sample")
    yield "nullcurve-bench", counts
