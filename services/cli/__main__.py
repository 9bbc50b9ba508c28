"""`python -m services.cli` is `dateline`."""

from services.cli.app import main

main()
