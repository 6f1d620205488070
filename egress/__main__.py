"""`python -m egress`: a worker, until SIGTERM or SIGINT."""

import asyncio
import logging
import os
import signal
import sys

from egress.settings import Settings, SettingsError
from egress.worker import FolderInUse, Worker


async def serve(settings: Settings) -> None:
    worker = Worker(settings)
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, worker.stopping.set)
    await worker.run()


def main() -> int:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    try:
        settings = Settings.read(os.environ)
    except SettingsError as error:
        print(f"egress: {error}", file=sys.stderr)
        return 1
    try:
        asyncio.run(serve(settings))
    except FolderInUse as error:
        print(f"egress: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
