"""`python -m services.enrich`; with `--health` it exits 0 while the service on this host lives."""

import sys

from services.enrich.app import main
from services.wire.heartbeat import exit_by_health

if __name__ == "__main__":
    if sys.argv[1:] == ["--health"]:
        exit_by_health("enrich")
    if sys.argv[1:]:
        sys.exit("usage: python -m services.enrich [--health]")
    main()
