#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Check that the Flatpak manifests parse and say only what flatpak-builder knows."""
import pathlib
import sys

import yaml

MANIFEST = {
    "id", "runtime", "runtime-version", "sdk", "command", "finish-args", "cleanup", "modules",
    "appstream-compose", "build-options", "separate-locales",
}
MODULE = {
    "name", "buildsystem", "builddir", "config-opts", "build-commands", "build-options", "sources",
    "cleanup", "run-tests",
}
SOURCE = {
    "archive": {"type", "url", "sha256"},
    "dir": {"type", "path", "skip"},
}
NEEDED = {"id", "runtime", "runtime-version", "sdk", "command", "modules"}
APP_ID = "io.github.nullcurve.Nullcurve"


def check_module(folder, module, faults):
    """One module, inline or the name of a file beside the manifest."""
    if isinstance(module, str):
        path = folder / module
        if not path.is_file():
            faults.append(f"{module}: no such module file")
            return
        module = yaml.safe_load(path.read_text(encoding="utf-8"))
    name = module.get("name", "a module without a name")
    faults += [f"{name}: unknown field {key}" for key in module.keys() - MODULE]
    for source in module.get("sources", []):
        known = SOURCE.get(source.get("type"))
        if known is None:
            faults.append(f"{name}: unknown source type {source.get('type')}")
            continue
        faults += [f"{name}: unknown source field {key}" for key in source.keys() - known]
        if source["type"] == "archive" and len(source.get("sha256", "")) != 64:
            faults.append(f"{name}: sha256 is not 64 digits long")
        if source["type"] == "dir" and not (folder / source["path"] / "meson.build").is_file():
            faults.append(f"{name}: {source['path']} holds no meson.build")


def check_manifest(path):
    """All faults of one manifest, as sentences."""
    faults = []
    manifest = yaml.safe_load(path.read_text(encoding="utf-8"))
    faults += [f"unknown field {key}" for key in manifest.keys() - MANIFEST]
    faults += [f"field {key} is missing" for key in NEEDED - manifest.keys()]
    if manifest.get("id") != APP_ID:
        faults.append(f"id is {manifest.get('id')}, not {APP_ID}")
    for argument in manifest.get("finish-args", []):
        if argument.startswith(("--share=network", "--filesystem")):
            faults.append(f"finish-args hold {argument}")
    for module in manifest.get("modules", []):
        check_module(path.parent, module, faults)
    return faults


def main():
    manifests = sorted(pathlib.Path(sys.argv[1]).glob(APP_ID + "*.yaml"))
    status = 0 if manifests else 1
    for path in manifests:
        for fault in check_manifest(path):
            print(f"{path}: {fault}")
            status = 1
    print(f"{len(manifests)} manifests checked")
    sys.exit(status)


if __name__ == "__main__":
    main()
