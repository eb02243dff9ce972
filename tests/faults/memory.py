# SPDX-License-Identifier: Apache-2.0
"""Memory that nullcurve-bench does not get: growing limits on addresses (ulimit -v) and data (-d),
and allocations of 16 KiB or more that are refused, one or all from one on (of smaller ones the
libraries below have crashes of their own, before main () mostly).  Whatever cannot be had, it ends by
itself, as a run that was measured or with a sentence, never by a fault, and files are whole."""
import resource
import signal
import subprocess
import time

from support import BLOCK, Fault, check

RUN = BLOCK + ["--topk", "2", "--iters", "2", "--min-sample-time", "0"]
PATIENCE_S = 60  # one that is not over by then hangs: it takes a second
# Before main () the loader and the libraries speak for themselves; 127 is the loader's.
LEAST_MIB, MOST_MIB = 80, 900
LOADER = 127
LEAST_BYTES = 16384
OWN_ENDS = (0, 1, 2)
TOLD_TO_END = (-signal.SIGTERM, 128 + signal.SIGTERM)


def limit(kind, size):
    def apply():
        resource.setrlimit(kind, (size, size))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    return apply


class Attempt:
    """One process, with an output that must be whole or not there."""

    def __init__(self, place, what, accelerator, before=None, **environment):
        self.what = what
        self.place = place
        self.table = place.scratch / "asked" / "memory.csv"
        self.table.parent.mkdir(exist_ok=True)
        self.table.unlink(missing_ok=True)
        self.process = subprocess.Popen(
            [str(place.bench), *RUN, "--accelerator", accelerator, "--csv", str(self.table)],
            preexec_fn=before, env=dict(place.environment, **environment),
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, errors="replace")

    def end(self, term_after_s=None):
        """The status, one that the program has."""
        ends = OWN_ENDS
        try:
            if term_after_s is not None:
                time.sleep(term_after_s)
                self.process.send_signal(signal.SIGTERM)
                ends += TOLD_TO_END
            _, said = self.process.communicate(timeout=PATIENCE_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.communicate()
            raise Fault(f"{self.what}: not over after {PATIENCE_S} s") from None
        status = self.process.returncode
        if status == LOADER:
            return status
        check(status in ends, f"{self.what}: exit status {status}:", said[-1000:])
        check(status == 0 or status in TOLD_TO_END or said.strip(),
              f"{self.what}: ended with {status} and without a word")
        if self.table.exists():
            self.place.read(self.table)
        check(not self.place.strays(), "stray files:", *self.place.strays())
        return status


def count(counts, status):
    name = {0: "measured", LOADER: "not loaded"}.get(
        status, "ended by TERM" if status in TOLD_TO_END else "refused with a sentence")
    counts[name] = counts.get(name, 0) + 1


def fault_limits(place, kind, seconds, dice):
    """Limits in an order that covers the range evenly, however short it is looked at; every third
    process is told to end meanwhile."""
    counts, until, at, n = {}, time.monotonic() + seconds, dice.random(), 0
    while time.monotonic() < until or n < 3:
        at, n = (at + 0.6180339887) % 1, n + 1
        mib = LEAST_MIB + int(at * (MOST_MIB - LEAST_MIB))
        accelerator = dice.choice(["auto", "native", "openblas"])
        attempt = Attempt(place, f"{accelerator} within {mib} MiB", accelerator,
                          before=limit(kind, mib << 20))
        count(counts, attempt.end(dice.uniform(0, 0.5) if n % 3 == 0 else None))
    return counts


def attempt_allocation(place, number, **more):
    return Attempt(place, f"allocation {number}{' and on' if more else ''}", "native",
                   LD_PRELOAD=place.preload("failing-malloc"), NULLCURVE_TEST_FAIL_AT=str(number),
                   NULLCURVE_TEST_FAIL_LEAST=str(LEAST_BYTES), **more).end()


def fault_allocation(place, seconds, dice):
    counts, until, most, n = {}, time.monotonic() + seconds, 16, 0
    # How many there are in a whole run, to within a factor of two.
    while attempt_allocation(place, most) != 0:
        most *= 2
    while time.monotonic() < until or n < 3:
        n += 1
        more = {"NULLCURVE_TEST_FAIL_ON": "1"} if n % 2 else {}
        count(counts, attempt_allocation(place, int(most ** dice.random()), **more))
    return counts


def fault_memory(place, dice, more):
    seconds = more.seconds / 3
    yield "addresses", fault_limits(place, resource.RLIMIT_AS, seconds, dice)
    yield "data", fault_limits(place, resource.RLIMIT_DATA, seconds, dice)
    yield "allocations", fault_allocation(place, seconds, dice)
