"""`python -m services.ingest`; with `--health` exits 0 while the service on this host lives."""

import asyncio
import sys

from services.ingest.app import healthy, main
from services.ingest.settings import IngestSettings
from services.wire.connection import BrokerUnreachable
from services.wire.process import read_settings

if __name__ == "__main__":
    if sys.argv[1:] == ["--health"]:
        try:
            raise SystemExit(0 if asyncio.run(healthy(read_settings(IngestSettings))) else 1)
        except BrokerUnreachable:
            raise SystemExit(1) from None
    main()
