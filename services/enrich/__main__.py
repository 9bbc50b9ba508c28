"""`python -m services.enrich`, and with `--health` the question whether it lives."""

import sys

from services.enrich.app import health, main

if __name__ == "__main__":
    if sys.argv[1:] == ["--health"]:
        health()
    elif sys.argv[1:]:
        sys.exit("usage: python -m services.enrich [--health]")
    else:
        main()
