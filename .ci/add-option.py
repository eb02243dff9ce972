#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Do in a copy of the tree what docs/adding-an-option.md says: add-option.py FOLDER.

Every block that stands after "In `FILE`, before `LINE`:" is put before that line of that file, of
which there must be one."""
import pathlib
import re
import sys

BLOCK = re.compile(r"In `([^`]+)`, before `([^`]+)`:\n\n```c\n(.*?)```", re.S)


def main() -> None:
    folder = pathlib.Path(sys.argv[1])
    text = (folder / "docs/adding-an-option.md").read_text(encoding="utf-8")
    blocks = BLOCK.findall(text)
    if len(blocks) != text.count("```c\n") or not blocks:
        sys.exit("docs/adding-an-option.md: a block does not say where it belongs")
    for name, line, block in blocks:
        path = folder / name
        source = path.read_text(encoding="utf-8")
        if source.count(f"\n{line}\n") != 1:
            sys.exit(f"{name}: the line {line!r} is not there once")
        path.write_text(source.replace(f"\n{line}\n", f"\n{block}{line}\n"), encoding="utf-8")


main()
