"""Every measurement, one after the other: `make bench` is this.

    python -m benchmarks               all of them
    python -m benchmarks bank_import   some of them

Each measures in one run what it is compared with, because figures move twofold between machines
and hours: read the shares and ratios. The servers are our own and wait for the disk.
"""

from __future__ import annotations

import sys
import time
from importlib import import_module

MEASUREMENTS = ("parse_statements", "bank_import", "coding_grid", "post_entries", "batches")


def main(wanted: list[str]) -> int:
    unknown = sorted(set(wanted) - set(MEASUREMENTS))
    if unknown:
        print(f"No such measurement: {', '.join(unknown)}. There are: {', '.join(MEASUREMENTS)}.")
        return 2
    for name in wanted or MEASUREMENTS:
        module = import_module(f"benchmarks.{name}")
        print(f"\n--- {name} " + "-" * (90 - len(name)))
        print((module.__doc__ or "").strip().split("\n\n")[0] + "\n", flush=True)
        sys.argv = [name]  # each reads its own options when it is run alone
        began = time.perf_counter()
        module.main()
        print(f"\n({time.perf_counter() - began:.0f} s)", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
