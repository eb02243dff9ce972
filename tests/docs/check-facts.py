#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Documents name all that there is: check-facts.py SOURCE BUILD.

Options of the build, suites of tests and groups of checks in docs/building.md, options of the program in
docs/spec.md, variables of the environment that the program reads in its manual pages."""
import json
import pathlib
import re
import subprocess
import sys

# Read by libraries rather than by the program, or set for tests alone.
NOT_OURS = {"NULLCURVE_BENCH", "NULLCURVE_VERSION", "NULLCURVE_TEST"}


def run(*words: str) -> str:
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout


def meson(what: str, folder: str) -> list:
    return json.loads(run("meson", "introspect", f"--{what}", folder))


def main() -> int:
    source, build = (pathlib.Path(word).resolve() for word in sys.argv[1:3])
    faults = []

    def need(document: str, what: str, wanted: set[str], found: str) -> None:
        text = (source / document).read_text(encoding="utf-8")
        faults.extend(f"{document} does not name the {what} {name}"
                      for name in sorted(wanted) if not re.search(found.format(re.escape(name)), text))

    options = re.findall(r"^option\(\s*'([^']+)'", (source / "meson_options.txt").read_text(), re.M)
    suites = {suite.split(":")[-1] for test in meson("tests", str(build)) for suite in test["suite"]}
    need("docs/building.md", "option of the build", set(options), r"`-D{}=")
    need("docs/building.md", "suite", suites, r"(?m)^\| `{}` \|")
    if (source / ".ci/run").exists():
        usage = run("bash", str(source / ".ci/run"), "--help")
        groups = re.search(r"only these:(.*?)\n\.ci/run", usage, re.S)
        need("docs/building.md", "group of checks", set(groups[1].split()), r"`{}`")

    told = run(str(build / "app/nullcurve-bench"), "--help")
    need("docs/spec.md", "option", set(re.findall(r"^  --([a-z0-9-]+)", told, re.M)), r"--{}\b")

    read = set()
    for path in [p for folder in ("app", "engine", "ui") for p in (source / folder).rglob("*.[ch]")]:
        text = path.read_text(encoding="utf-8")
        read |= set(re.findall(r'getenv \("([A-Z_]+)"', text))
        read |= set(re.findall(r'"((?:NULLCURVE|OMPI|PMI|PMIX|SLURM)_[A-Z_]+)"', text))
    pages = "".join((source / "data" / name).read_text(encoding="utf-8")
                    for name in ("nullcurve.1", "nullcurve-bench.1"))
    faults += [f"no manual page has the variable {name}" for name in sorted(read - NOT_OURS)
               if not re.search(rf"\b{name}\b", pages)]

    print("\n".join(faults + [f"{len(faults)} faults"]))
    return 1 if faults else 0


sys.exit(main())
