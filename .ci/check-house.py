#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Is the house still in order?  (docs/architecture.md tells what the order is.)

A module is a source with the header of the same name.  It leans on another when it includes that
one's header or calls a function that is defined there, whichever header declares it.  Checked:
  circles   no modules lean on each other in a circle
  floors    modules lean on their own floor and those further along, never back
  folders   none has more than 25 files
  structs   none has more than 40 fields, NullcurveWindow no more than 25
  tests     none includes a header that is named private
  choices   one that is looked at in the engine is named in 8 files of the product at most
Says what is wrong, one line each; exits 1 when something is.
"""
import collections
import os
import pathlib
import re
import subprocess
import sys

# From the top to the ground; folders of one line may lean on each other only one way too.
FLOORS = [
    "app", "app/elsewhere", "app/bench", "app/results", "app/command-line", "app/program",
    "ui/window",
    "ui/queue", "ui/page", "ui/files", "ui/setup", "ui/presets", "ui/places", "ui/runs", "ui/help", "ui",
    "ui/report", "ui/export", "ui/plot", "ui/hands", "ui/chart", "ui/views", "ui/figure", "ui/cards", "ui/words",
    "engine/elsewhere", "engine/sweep", "engine/judge", "engine/host", "engine/remote", "engine/formats", "engine/formats/harness",
    "engine/formats/parts", "engine/json", "engine/files", "engine/records", "engine/text",
    "engine/bench", "engine/machine", "engine/options",
    "engine/backends", "engine/backends/modules", "engine/backends/modules/cuda",
    "engine/backends/ranks", "engine/backends/native", "engine/backends/gpu",
    "engine/backends/cpu", "engine/backends/parts",
    "engine/ranks", "engine/draw", "engine/moe", "engine/threads", "engine/base",
]
# The table that every backend fills, and what a module exports: each backend includes them.
TABLES = {"engine/backends/backend", "engine/backends/problem", "engine/backends/modules"}
MAX_FILES = 25
MAX_FIELDS = 40
MAX_FIELDS_OF = {"_NullcurveWindow": 25}
MAX_FILES_OF_A_CHOICE = 8
CHOICES = ["null_dispatch", "remat_mode"]
SOURCES = re.compile(r"\.(c|h|cu|cuh|cpp|hpp)$")


def tracked(*folders):
    names = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard",
                            *folders], check=True, capture_output=True, text=True).stdout
    return [name for name in names.splitlines() if os.path.isfile(name)]


def without_comments(text):
    return re.sub(r"/\*.*?\*/|//[^\n]*", " ", text, flags=re.S)


def module_of(name):
    return re.sub(r"\.[a-z]+$", "", name)


def definitions(name, text):
    """Functions that other files can call: a name at the beginning of a line, its type above."""
    for found in re.finditer(r"^([^\n]*)\n([a-z_][a-z_0-9]*) \(", text, flags=re.M):
        above, function = found.groups()
        if re.match(r"[A-Za-z_]", above) and not above.startswith(("static", "G_DEFINE")):
            yield function


def leanings(texts):
    """module -> {module it leans on}"""
    home = {}
    for name, text in texts.items():
        if not name.endswith((".h", ".hpp", ".cuh")):
            home.update((function, name) for function in definitions(name, text))
    leans = collections.defaultdict(set)
    for name, text in texts.items():
        targets = set(re.findall(r'#include "([^"]+)"', text)) & texts.keys()
        if not name.endswith((".h", ".hpp", ".cuh")):
            words = set(re.findall(r"\b(?:moe|nullcurve)_[a-z0-9_]+\b", text))
            targets |= {home[word] for word in words & home.keys()}
        leans[module_of(name)] |= {module_of(target) for target in targets} - {module_of(name)}
    return leans


def circles(leans):
    """Tarjan's strongly connected components, those of more than one module."""
    index, low, stack, on_stack, found = {}, {}, [], set(), []

    def visit(module):
        index[module] = low[module] = len(index)
        stack.append(module)
        on_stack.add(module)
        for other in sorted(leans.get(module, ())):
            if other not in index:
                visit(other)
                low[module] = min(low[module], low[other])
            elif other in on_stack:
                low[module] = min(low[module], index[other])
        if low[module] == index[module]:
            component = []
            while not component or component[-1] != module:
                component.append(stack.pop())
                on_stack.discard(component[-1])
            if len(component) > 1:
                found.append(sorted(component))

    sys.setrecursionlimit(10000)
    for module in sorted(leans):
        if module not in index:
            visit(module)
    return found


def check_circles(texts):
    for circle in circles(leanings(texts)):
        yield "circle: " + ", ".join(circle)


def check_floors(texts):
    rank = {folder: place for place, folder in enumerate(FLOORS)}
    for module, others in sorted(leanings(texts).items()):
        here = os.path.dirname(module)
        if here not in rank:
            yield f"floor: {here} has no place in FLOORS ({module})"
            continue
        for other in sorted(others):
            there = os.path.dirname(other)
            if rank.get(there, -1) < rank[here] and other not in TABLES:
                yield f"floor: {module} leans back on {other}"


def check_folders(names):
    sizes = collections.Counter(os.path.dirname(name) for name in names)
    for folder, size in sorted(sizes.items()):
        if size > MAX_FILES:
            yield f"folder: {folder} has {size} files, {MAX_FILES} at most"


def n_fields(body):
    """Number of fields of a struct's body; those of structs inside of it count as one."""
    depth, flat = 0, []
    for character in body:
        depth += character == "{"
        if depth == 0:
            flat.append(character)
        depth -= character == "}"
    parts = [part for part in "".join(flat).split(";") if part.strip()]
    # "double x, y" are two; the commas of a function's parameters do not count.
    return sum(1 + re.sub(r"\(.*?\)", "", part, flags=re.S).count(",") for part in parts)


def structs(text):
    for found in re.finditer(r"\bstruct (\w*)\s*\{", text):
        end, depth = found.end(), 1
        while depth > 0 and end < len(text):
            depth += {"{": 1, "}": -1}.get(text[end], 0)
            end += 1
        yield found.group(1) or "(nameless)", text[found.end():end - 1]


def check_structs(texts):
    for name, text in sorted(texts.items()):
        for struct, body in structs(text):
            n, most = n_fields(body), MAX_FIELDS_OF.get(struct, MAX_FIELDS)
            if n > most:
                yield f"struct: {struct} in {name} has {n} fields, {most} at most"


def check_tests():
    for name in tracked("tests"):
        if SOURCES.search(name):
            text = pathlib.Path(name).read_text(encoding="utf-8")
            for header in re.findall(r'#include "([^"]*private[^"]*)"', text):
                yield f"test: {name} includes {header}"


def check_choices(texts):
    for choice in CHOICES:
        files = [name for name, text in texts.items() if choice in text.lower()]
        if len(files) > MAX_FILES_OF_A_CHOICE:
            yield (f"choice: {choice} is named in {len(files)} files, {MAX_FILES_OF_A_CHOICE} at "
                   f"most: {', '.join(sorted(files))}")


def main():
    os.chdir(pathlib.Path(__file__).resolve().parent.parent)
    names = [name for name in tracked("app", "engine", "ui") if SOURCES.search(name)]
    texts = {name: without_comments(pathlib.Path(name).read_text(encoding="utf-8"))
             for name in names}
    faults = [*check_circles(texts), *check_floors(texts), *check_folders(names),
              *check_structs(texts), *check_tests(), *check_choices(texts)]
    print("\n".join(faults) or f"{len(names)} files in order")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
