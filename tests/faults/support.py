# SPDX-License-Identifier: Apache-2.0
"""What all kinds of faults stand on: a place of its own, and what is read back from files."""
import csv
import os
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
BLOCK = ["--tokens", "64", "--hidden", "32", "--mlp-dim", "16", "--experts", "4", "--threads", "1",
         "--accelerator", "native", "--warmup", "1", "--impl", "fused_w13", "--distribution",
         "random", "--wait-quiet", "0"]
PATIENCE_S = 300


class Fault(Exception):
    pass


def check(condition, *words):
    if not condition:
        raise Fault(" ".join(str(word) for word in words))


def sample_lines(path):
    """Whole lines of samples of a run file, in their order."""
    text = path.read_bytes() if path.exists() else b""
    whole = text[:text.rfind(b"\n") + 1].decode()
    return [line for line in whole.split("\n") if line.startswith("sample ")]


def long_samples(path):
    """(seconds, share) of each sample; a share is missing of very short ones."""
    for line in sample_lines(path):
        words = line.split(" ")
        steps = int(words[4] or 1)
        share = words[5].split(";")[3]
        yield float(words[2]) * steps, float(share) if share else None


def count_done(path):
    return path.read_text(errors="replace").count("\ndone ") if path.exists() else 0


class Place:
    """Folders of its own, with what is known of this machine in them."""

    def __init__(self, build, scratch):
        self.build, self.scratch = build, scratch
        self.bench = build / "app" / "nullcurve-bench"
        self.front = build / "tests" / "faults" / "window-front"
        self.environment = dict(
            os.environ, LC_ALL="C.UTF-8", TERM="xterm", NULLCURVE_DATA_DIR=str(ROOT / "data"),
            NULLCURVE_BACKEND_DIR=str(build / "engine" / "backends" / "modules"),
            GSETTINGS_BACKEND="memory", GSK_RENDERER="cairo", GTK_A11Y="none",
            HOME=str(scratch))
        for name in ["data", "cache", "config", "state"]:
            (scratch / name).mkdir()
            self.environment[f"XDG_{name.upper()}_HOME"] = str(scratch / name)
        self.library = scratch / "data" / "nullcurve" / "runs"

    def preload(self, name):
        path = self.build / "tests" / "faults" / f"lib{name}.so"
        check(path.exists(), path, "is not there: build all")
        return str(path)

    def run(self, *arguments, **more):
        return subprocess.run([str(self.bench), *map(str, arguments)], env=self.environment,
                              capture_output=True, text=True, timeout=PATIENCE_S, **more)

    def know_machine(self, known):
        """Once for all places, so that no later process has to measure it; what is known then."""
        machine = self.scratch / "cache" / "nullcurve" / "machine.ini"
        if known is None:
            self.run(*BLOCK, "--topk", "1", "--iters", "1", "--min-sample-time", "0")
            return machine.read_text()
        machine.parent.mkdir()
        machine.write_text(known)
        return known

    def read(self, path):
        """Samples of each point, as the program reads the file; [] where it has no point."""
        out = self.scratch / "read.csv"
        done = self.run("--convert", path, "--csv", out)
        if done.returncode != 0 and "ends before its first point" in done.stderr:
            return []
        check(done.returncode == 0, path.name, "cannot be read:", done.stderr)
        check("skipped" not in done.stderr or "cut off" in done.stderr, done.stderr)
        with open(out) as lines:
            rows = csv.DictReader(line for line in lines if not line.startswith("#"))
            return [len([x for x in row["samples_s"].split(";") if x]) for row in rows]

    def strays(self):
        """Files that nobody asked for."""
        names = [str(path.relative_to(self.scratch)) for path in self.scratch.rglob("*")
                 if path.is_file()]
        known = re.compile(r"(read\.csv|asked/[a-z0-9-]+\.(journal|csv)"
                           r"|data/nullcurve/runs/[^/]+\.journal|cache/nullcurve/machine\.ini"
                           r"|(cache|config|state|data)/(?!nullcurve/).*)")
        return [name for name in names if not known.fullmatch(name)]
