#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Count the tests in meson's testlog.json: prints 'PASSED FAILED', names failures on stderr.

A skipped test counts as failed: the suite has none by intent.  With --need SUITE=N the log must
also hold at least N tests of that suite; each that is absent counts as failed.
"""
import argparse
import json
import sys

GOOD = {"OK", "EXPECTEDFAIL"}


def read_log(path):
    """One JSON object a line; a line cut off by a killed run is skipped."""
    tests = []
    with open(path, encoding="utf-8", errors="replace") as log:
        for line in log:
            try:
                tests.append(json.loads(line))
            except json.JSONDecodeError:
                print(f"{path}: a line is not JSON", file=sys.stderr)
    return tests


def in_suite(test, suite):
    """meson writes a test's name as 'project:suite / name', or 'project:one+two / name'."""
    suites, slash, _ = test.get("name", "").partition(" / ")
    names = suites.partition(":")[2] or suites
    return bool(slash) and suite in names.split("+")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("log")
    parser.add_argument("--need", action="append", default=[], metavar="SUITE=N")
    arguments = parser.parse_args()
    tests = read_log(arguments.log)
    failed = 0
    for test in tests:
        if test.get("result") not in GOOD:
            failed += 1
            print(f"    {test.get('name')}: {test.get('result')}", file=sys.stderr)
    passed = len(tests) - failed
    for need in arguments.need:
        suite, _, number = need.partition("=")
        found = sum(in_suite(test, suite) for test in tests)
        if found < int(number):
            failed += int(number) - found
            print(f"    suite {suite}: {found} tests, expected {number}", file=sys.stderr)
    if not tests:
        failed += 1
        print(f"    {arguments.log}: no test ran", file=sys.stderr)
    print(passed, failed)


if __name__ == "__main__":
    main()
