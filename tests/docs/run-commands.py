#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs every command of README.md and docs/, in a scratch copy of the tree.

    run-commands.py SOURCE BUILD [FILE...]      files as README.md; otherwise all
    run-commands.py SOURCE BUILD --but FILE...  all others

Commands are what stands in blocks, fenced as sh or indented, and in `code` that begins as one does.  A
command that would install, open, take long or need what is not here is run in a smaller form, and each way
to do so is a rule below, with its reason; what is printed names the rule of each command, and tells the
reasons.  A command that no rule knows is run as it stands.  One that fails is a fault of the document, or of
the program.
"""
import ast
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time

LIMIT_S = 120

# What a command begins with; all else in a block is a picture, which has to look like one.
COMMAND = re.compile(
    r"^(?:[A-Z_]+=\S+ +)*(?:scripts/|\.ci/|build/|flatpak/|flatpak\b|flatpak-builder\b|meson |ninja |"
    r"nullcurve(?:-bench)?\b|mpirun |msgfmt |tests/session|tests/\w+/run\b|bench-\w+ |\.venv/|python3 )")
PICTURE = re.compile(r"[→─·×√∑Σ≥ᵀ]|^\w+ = ")

# A block that takes no time, given last, since of several the last counts.
SMALL = ("--tokens 64 --hidden 32 --mlp-dim 16 --iters 1 --warmup 0 --wait-quiet 0 --min-sample-time 0 "
         "--accelerator native --impl fused_w13 --distribution random").split()
# The published experiment has shapes of its own.
SMALL_MATRIX = "--scale 1024 --scale-widths 64 --iters 3 --warmup 0 --wait-quiet 0 --min-sample-time 0 " \
               "--accelerator native".split()

# Files that documents speak of, and what stands for them.
FILES = {
    "csv": ["run.csv", "last-week.csv", "today.csv", "before.csv", "after.csv", "logbook.csv", "modes.csv"],
    "log": ["harness.log", "someone-elses.log", "v5p.log", "v6e.log"],
}


class Fault(Exception):
    pass


class Place:
    """The scratch copy, and what commands are run with."""

    def __init__(self, source: pathlib.Path, build: pathlib.Path, folder: pathlib.Path):
        self.source, self.build, self.folder = source, build, folder
        self.tree = folder / "tree"
        self.output = None  # where what a command prints goes, or nowhere
        self.env = dict(os.environ, HOME=str(folder / "home"), NO_COLOR="1",
                        XDG_DATA_HOME=str(folder / "home/data"), XDG_CACHE_HOME=str(folder / "home/cache"),
                        NULLCURVE_DATA_DIR=str(self.tree / "data"),
                        # mpirun's own safeguards, of which the documents need not speak.
                        OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1",
                        PATH=f"{build}/app:{build}/tests/performance:{os.environ['PATH']}")
        for name in ("DISPLAY", "WAYLAND_DISPLAY"):
            self.env.pop(name, None)

    def prepare(self) -> None:
        """The files that git tracks, or, without git, those that matter; the build folder as it is."""
        (self.folder / "home").mkdir()
        listed = subprocess.run(["git", "-C", str(self.source), "ls-files", "-z", "-co", "--exclude-standard"],
                                capture_output=True, text=True, check=False)
        for name in listed.stdout.split("\0") if listed.returncode == 0 else []:
            if name and (self.source / name).is_file():
                target = self.tree / name
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(self.source / name, target)
        if listed.returncode != 0:
            shutil.copytree(self.source, self.tree, ignore=shutil.ignore_patterns("build*", ".git"))
        (self.tree / "build").symlink_to(self.build)
        self.run(["nullcurve-bench", *SMALL, "--null-route-frac", "0.5", "--baseline", "--csv", "a.csv"],
                 output=self.tree / "a.log")
        for ending, names in FILES.items():
            for name in names:
                shutil.copy2(self.tree / f"a.{ending}", self.tree / name)

    def run(self, words: list[str], output: pathlib.Path | None = None) -> str:
        done = subprocess.run(words, cwd=self.tree, env=self.env, capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, timeout=LIMIT_S, check=False)
        if done.returncode != 0:
            raise Fault(f"{shlex.join(words)} ends with {done.returncode}:\n"
                        + (done.stdout + done.stderr)[-2000:])
        output = output or self.output
        if output:
            output.write_text(done.stdout, encoding="utf-8")
        return done.stdout

    def meson(self, what: str) -> list:
        return json.loads(self.run(["meson", "introspect", f"--{what}", str(self.build)]))


# --- rules: what is done with a command instead of running it as it stands ---

def is_script(place: Place, words: list[str]) -> None:
    """It installs packages, wants root, a network, a card or half an hour, or is what runs this: its
    file is there and is read by bash, and so are files named beside it."""
    path = place.tree / words[0]
    if not os.access(path, os.X_OK):
        raise Fault(f"{words[0]} is not there, or is no program")
    if "bash" in path.open(encoding="utf-8").readline():
        place.run(["bash", "-n", words[0]])
    for word in words[1:]:
        if "/" in word and not (place.tree / word).exists():
            raise Fault(f"there is no {word}")


def known_group(place: Place, words: list[str]) -> None:
    """The checks run this: its groups are those that its help names."""
    is_script(place, words[:1])
    if len(words) == 1:
        return
    usage = subprocess.run([words[0], "--help"], cwd=place.tree, env=place.env, capture_output=True, text=True,
                           check=False)
    usage = usage.stdout + usage.stderr
    for word in words[1:]:
        known = word.startswith("-") or word.isupper() or word.isdigit()
        if not known and not re.search(rf"\b{re.escape(word)}\b", usage):
            raise Fault(f"{words[0]} knows no {word}")


def known_tests(place: Place, words: list[str]) -> None:
    """Tests take long: those that are named are there."""
    is_script(place, words[:1])
    list_tests(place, [word for word in words[1:] if word != "--list"], "tests")


def list_tests(place: Place, names: list[str], kind: str) -> None:
    tests = place.meson(kind)
    suites = {suite.split(":")[-1] for test in tests for suite in test["suite"]}
    known = {test["name"] for test in tests}
    while names:
        name = names.pop(0)
        if name == "--suite":
            suite = names.pop(0)
            if suite not in suites:
                raise Fault(f"there is no suite {suite}")
        elif not name.startswith("-") and name not in known:
            raise Fault(f"there is no test {name}")


def meson(place: Place, words: list[str]) -> None:
    """It would build, test or install: its options, targets and tests are there."""
    command, rest = words[1], words[2:]
    if "-C" in rest:
        at = rest.index("-C")
        del rest[at:at + 2]
    if command == "setup":
        # Of the sources, not of a folder that was configured before an option came.
        known = {option["name"] for option in json.loads(
            place.run(["meson", "introspect", "--buildoptions", str(place.tree / "meson.build")]))}
        for word in rest:
            name = re.match(r"-D([^=]+)=|--([a-z_-]+)", word)
            if name and (name[1] or name[2]) not in known:
                raise Fault(f"the build has no option {word}")
    elif command == "test":
        kind = "benchmarks" if "--benchmark" in rest else "tests"
        list_tests(place, [word for word in rest if word not in ("--benchmark", "--verbose")], kind)
    elif command == "compile":
        targets = {target["name"] for target in place.meson("targets")}
        missing = [word for word in rest if word not in targets]
        if missing:
            raise Fault(f"there is no target {missing[0]}")
    elif command != "install" or rest:
        raise Fault(f"no rule says how to try meson {command}")


def ninja(place: Place, words: list[str]) -> None:
    """What it would build is built: it says what it would do."""
    place.run(["ninja", "-C", str(place.build), "-n"])


def flatpak(place: Place, words: list[str]) -> None:
    """It needs a network, or what it installed: files that it names are there."""
    for word in words[1:]:
        if word.endswith((".yaml", ".json")) and not (place.tree / word).exists():
            raise Fault(f"there is no {word}")


def window(place: Place, words: list[str]) -> None:
    """It would stay open: it tells its options instead."""
    place.run([words[0], "--help"])


def from_here(words: list[str]) -> list[str]:
    """Another place is this one, through a command that only runs what follows it."""
    if "--on" not in words and "--through" not in words:
        return words
    at = next(i for i, word in enumerate(words) if word in ("--on", "--through"))
    return words[:at] + ["--through", "env"] + words[at + 2:]


def twin(place: Place, words: list[str]) -> None:
    """It would measure for minutes: the same, of a block that takes no time, with files that are made
    for it; what cannot be made small is only read."""
    words = from_here([word for word in words if word != "..."])
    if len(words) == 2 and not words[1].startswith("--help"):
        option_alone(place, words)
        return
    read = ("--logbook", "--compare", "--convert", "--of")
    if "--calibrate" in words or any(re.fullmatch(r"[A-Z]+(\.\.\.)?|\[.*", word) for word in words):
        words = [word for word in words if not word.startswith("[")] + ["--version"]
    elif "--matrix" in words:
        words += SMALL_MATRIX
    elif measures(words, read):
        words += SMALL
    for at, word in enumerate(words[:-1]):
        if word == "--dump-tensors":
            shutil.rmtree(place.tree / words[at + 1], ignore_errors=True)
        if word == "--resume" and "--matrix" in words:
            (place.tree / words[at + 1]).unlink(missing_ok=True)
            del words[at:at + 2]
            break
    place.run(words)


def option_alone(place: Place, words: list[str]) -> None:
    if not re.search(rf"^  {re.escape(words[1])}\b", place.run([words[0], "--help"]), re.M):
        raise Fault(f"there is no option {words[1]}")


def measures(words: list[str], read: tuple[str, ...]) -> bool:
    files = [word for word in words[1:] if word.endswith((".csv", ".log", ".journal"))]
    named = any(word in ("--csv", "--resume", "--journal") for word in words)
    answers = any(word in ("--help", "--version", "--help-man", "--help-completion") for word in words)
    return not answers and not any(word in read for word in words) and (named or not files)


def ranks(place: Place, words: list[str]) -> None:
    """As the twin alone, on as many ranks, where there is an mpirun and the module for it."""
    at = next(i for i, word in enumerate(words) if word.endswith("nullcurve-bench"))
    if shutil.which("mpirun") is None or not list(place.build.glob("engine/backends/modules/*mpi*.so")):
        twin(place, words[at:] + ["--version"])
    else:
        place.run(words[:at] + [word for word in words[at:] if word != "..."] + SMALL + ["--threads", "1"])


def benchmark(place: Place, words: list[str]) -> None:
    """It takes minutes: the same for a moment, at a size that tells nothing."""
    program = place.build / "tests/performance" / pathlib.Path(words[0]).name
    if not program.exists():
        raise Fault(f"there is no {words[0]} in tests/performance")
    place.run([str(program), "--check"])


def session(place: Place, words: list[str]) -> None:
    """A test of the window needs a display: its program is there."""
    is_script(place, words[:1])
    if not (place.build / words[1].removeprefix("build/")).exists():
        raise Fault(f"there is no {words[1]}")


def changelog(place: Place, words: list[str]) -> None:
    """It only looks, unlike other scripts: it is run."""
    place.run(words)


RULES = [
    (r"scripts/changelog check", changelog),
    (r"(scripts/test)\b", known_tests),
    (r"\.ci/", known_group),
    (r"(scripts|flatpak|tests/(fuzz|faults|soak))/", is_script),
    (r"meson ", meson),
    (r"ninja ", ninja),
    (r"flatpak(-builder)? ", flatpak),
    (r"(build/app/)?nullcurve( |$)", window),
    (r"(build/app/)?nullcurve-bench\b", twin),
    (r"mpirun ", ranks),
    (r"(build/tests/performance/)?bench-\w+", benchmark),
    (r"tests/session ", session),
]


# --- documents ---

def join_lines(lines: list[str]) -> list[str]:
    joined = re.sub(r"\\\n\s*", " ", "\n".join(lines)).split("\n")
    return [line.strip() for line in joined if line.strip()]


def commands_of(text: str, name: str) -> list[str]:
    found = []
    blocks, plain, block, fence = [], [], [], None
    for line in text.split("\n"):
        if fence is not None:
            if line.startswith("```"):
                blocks.append((fence, block))
                block, fence = [], None
            else:
                block.append(line)
        elif line.startswith("```"):
            fence = line[3:].strip()
        elif re.match(r" {4}\S", line) or (block and line.startswith("    ")):
            block.append(line[4:])
        else:
            if block:
                blocks.append(("", block))
                block = []
            plain.append(line)
    if block:
        blocks.append(("", block))
    for language, lines in blocks:
        if language not in ("", "sh"):
            continue
        if not COMMAND.match(lines[0]) and language == "":
            if any(PICTURE.search(line) for line in lines):
                continue
            raise Fault(f"{name}: a block is neither commands nor a picture: {lines[0]!r}")
        for line in join_lines(lines):
            if not COMMAND.match(line):
                raise Fault(f"{name}: no command begins as this line does: {line!r}")
            found.append(line)
    for code in re.findall(r"`([^`]+)`", "\n".join(plain)):
        code = " ".join(code.split())
        if COMMAND.match(code) and " " in code:
            found.append(code)
    return found


def try_command(place: Place, command: str) -> str:
    """The name of the rule that it was tried by."""
    words = shlex.split(command, comments=True)
    output = None
    if ">" in words[:-1]:
        output = place.tree / words[-1]
        words = words[:-2]
    env = dict(place.env)
    while re.match(r"[A-Z_]+=", words[0]):
        name, value = words.pop(0).split("=", 1)
        place.env[name] = value
    try:
        for pattern, rule in RULES:
            if re.match(pattern, shlex.join(words)):
                place.output = output
                rule(place, words)
                return rule.__name__
        place.run(words, output)
        return "as it stands"
    finally:
        place.env, place.output = env, None


def check_python(place: Place, text: str, name: str) -> list[str]:
    """A program in a document can be read; where its libraries are, it is run on what the command
    before it wrote."""
    faults = []
    for block in re.findall(r"```python\n(.*?)```", text, re.S):
        try:
            ast.parse(block)
            if subprocess.run([sys.executable, "-c", "import torch"], capture_output=True,
                              check=False).returncode == 0:
                place.run([sys.executable, "-c", block, "point"])
        except (SyntaxError, Fault) as fault:
            faults.append(f"{name}: {fault}")
    return faults


def main() -> int:
    source, build = (pathlib.Path(word).resolve() for word in sys.argv[1:3])
    names = sys.argv[3:]
    if not names or names[0] == "--but":
        every = ["README.md"] + sorted(str(path.relative_to(source)) for path in (source / "docs").rglob("*.md"))
        names = [name for name in every if name not in names]
    faults, n, used = [], 0, set()
    with tempfile.TemporaryDirectory(prefix="nullcurve-docs-") as folder:
        place = Place(source, build, pathlib.Path(folder))
        place.prepare()
        for name in names:
            text = (source / name).read_text(encoding="utf-8")
            try:
                commands = commands_of(text, name)
            except Fault as fault:
                faults.append(str(fault))
                continue
            for command in commands:
                n += 1
                begin = time.monotonic()
                try:
                    rule = try_command(place, command)
                    used.add(rule)
                    print(f"{name}: {command}\n    {rule}, {time.monotonic() - begin:.1f} s", flush=True)
                except (Fault, OSError, ValueError, IndexError, subprocess.TimeoutExpired) as fault:
                    faults.append(f"{name}: {command}\n  {fault}")
            faults += check_python(place, text, name)
    for rule in sorted({rule for _, rule in RULES if rule.__name__ in used}, key=lambda rule: rule.__name__):
        print(f"{rule.__name__}: {' '.join(rule.__doc__.split())}")
    for fault in faults:
        print(fault)
    print(f"{n} commands of {len(names)} documents, {len(faults)} faults")
    return 1 if faults else 0


sys.exit(main())
