"""`python -m services.cli.sample --data var [--ping http://127.0.0.1:8000]`: the sample publisher alone.

It lives where `var/sample.json` says, and moves in at --port where there is no such file yet.
"""

import argparse
import signal
import sys
import threading
from pathlib import Path
from types import FrameType

from services.cli.sample.ping import Pinger
from services.cli.sample.residence import DEFAULT_PORT, ResidenceUnreadable, read_residence, settle
from services.cli.sample.script import load_script
from services.cli.sample.server import SampleServer
from services.wire.process import utc_now


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m services.cli.sample", description="The sample publisher.")
    parser.add_argument("--data", type=Path, default=Path("var"), help="where sample.json is kept")
    parser.add_argument("--port", type=int, default=DEFAULT_PORT, help="where to move in at the first start")
    parser.add_argument("--ping", metavar="URL", help="a Dateline API to tell of every change")
    options = parser.parse_args()
    script = load_script()
    try:
        options.data.mkdir(parents=True, exist_ok=True)
        residence = read_residence(options.data) or settle(options.data, options.port, utc_now())
        server = SampleServer(script, residence.epoch, residence.port, utc_now)
    except (OSError, ResidenceUnreadable) as error:
        sys.exit(f"the sample publisher cannot start: {error}")
    if options.ping:
        Pinger(script, server.addresses, residence.epoch, options.ping, utc_now).start()
    _stop_on_signal(server)
    server.serve_forever(poll_interval=0.2)
    server.server_close()


def _stop_on_signal(server: SampleServer) -> None:
    def stop(_number: int, _frame: FrameType | None) -> None:
        threading.Thread(target=server.shutdown).start()  # it waits for serve_forever, which this thread is in

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)


if __name__ == "__main__":
    main()
