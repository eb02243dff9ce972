# SPDX-License-Identifier: Apache-2.0
"""Memory that nullcurve-bench does not get: growing limits on addresses (ulimit -v) and data (-d),
allocations that are refused, one or all from one on: of 16 KiB or more, those of any size that the
program's own code asks for, and those of any size at all.  Whatever cannot be had, it ends by itself,
as a run that was measured or with a sentence, never by a fault, and files are whole.

Of any size at all, libraries may end the program: GLib does so on purpose, fontconfig and others
because they never look.  What counts there is that no fault is in the program's own code."""
import re
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

    def end(self, term_after_s=None, library_may_end_it=False):
        """The status, one that the program has, or a signal that a library ended it by."""
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
            if library_may_end_it:  # or hang: one waits for a thread of its own that gave up
                return -signal.SIGKILL
            raise Fault(f"{self.what}: not over after {PATIENCE_S} s") from None
        status = self.process.returncode
        if status == LOADER:
            return status
        if status < 0 and status not in TOLD_TO_END:
            who = re.search(r"----- ended by:\n(.*?)-----", said, re.DOTALL)
            frames = outer_frames(who[1]) if who else []
            check(library_may_end_it and not (frames and is_own(frames[0])),
                  f"{self.what}: ended with {status} in {name_of(frames)}:", said[-3000:])
            return status
        said = re.sub(r"\n----- refused:\n.*?-----\n", "", said, flags=re.DOTALL)
        check(status in ends, f"{self.what}: exit status {status}:", said[-1000:])
        check(status == 0 or status in TOLD_TO_END or said.strip(),
              f"{self.what}: ended with {status} and without a word")
        if self.table.exists():
            self.place.read(self.table)
        check(not self.place.strays(), "stray files:", *self.place.strays())
        return status


def outer_frames(told):
    """Innermost first, but for those of the C library and the preloaded one."""
    return [line for line in told.splitlines()
            if not re.match(r"\S*/(libc|libpthread|ld-linux[^/]*)\.so|\S*libfailing-malloc", line)]


def is_own(frame):
    return re.match(r"\S*(nullcurve-bench|libnullcurve-[^/]*\.so)\(", frame)


def name_of(frames):
    """Of the program or library that ended it, as far as frames tell."""
    return re.sub(r"[(\[].*", "", frames[0]).strip() if frames else "what left no frames"


def count(counts, status):
    name = {0: "measured", LOADER: "not loaded"}.get(
        status, "ended by TERM" if status in TOLD_TO_END else
        "ended by a library" if status < 0 else "refused with a sentence")
    counts[name] = counts.get(name, 0) + 1


def fault_limits(place, kind, seconds, dice):
    """Limits in an order that covers the range evenly, however short it is looked at; every third
    process is told to end meanwhile.  Nothing is refused but by the limit: what is preloaded tells
    who it was when one ends by a signal."""
    counts, until, at, n = {}, time.monotonic() + seconds, dice.random(), 0
    while time.monotonic() < until or n < 3:
        at, n = (at + 0.6180339887) % 1, n + 1
        mib = LEAST_MIB + int(at * (MOST_MIB - LEAST_MIB))
        accelerator = dice.choice(["auto", "native", "openblas"])
        attempt = Attempt(place, f"{accelerator} within {mib} MiB", accelerator,
                          before=limit(kind, mib << 20), LD_PRELOAD=place.preload("failing-malloc"))
        count(counts, attempt.end(dice.uniform(0, 0.5) if n % 3 == 0 else None))
    return counts


def attempt_allocation(place, number, goes_on, least=1, own=False):
    environment = {"LD_PRELOAD": place.preload("failing-malloc"),
                   "NULLCURVE_TEST_FAIL_AT": str(number), "NULLCURVE_TEST_FAIL_LEAST": str(least)}
    if goes_on:
        environment["NULLCURVE_TEST_FAIL_ON"] = "1"
    if own:
        environment["NULLCURVE_TEST_FAIL_OWN"] = "1"
    what = f"allocation {number} of {'our own' if own else f'at least {least} bytes'}"
    return Attempt(place, what + (" and on" if goes_on else ""), "native", **environment).end(
        library_may_end_it=least == 1 and not own)


def fault_allocation(place, seconds, dice, **which):
    counts, until, most, n = {}, time.monotonic() + seconds, 16, 0
    # How many there are in a whole run, to within a factor of two.
    while attempt_allocation(place, most, False, **which) != 0:
        most *= 2
    while time.monotonic() < until or n < 3:
        n += 1
        count(counts, attempt_allocation(place, int(most ** dice.random()), n % 2 == 1, **which))
    return counts


def fault_memory(place, dice, more):
    seconds = more.seconds / 5
    yield "addresses", fault_limits(place, resource.RLIMIT_AS, seconds, dice)
    yield "data", fault_limits(place, resource.RLIMIT_DATA, seconds, dice)
    yield "allocations", fault_allocation(place, seconds, dice, least=LEAST_BYTES)
    yield "own allocations", fault_allocation(place, seconds, dice, own=True)
    yield "any allocations", fault_allocation(place, seconds, dice)
