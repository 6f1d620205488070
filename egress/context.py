"""What the recordings of one worker share: settings, connections, folders on disk."""

from pathlib import Path

from egress.bus import Bus
from egress.child import SpareProcess
from egress.leases import Leases
from egress.pending_uploads import PendingUploads
from egress.settings import Settings


class WorkerContext:
    def __init__(self, settings: Settings, bus: Bus, leases: Leases) -> None:
        self.settings, self.bus, self.leases = settings, bus, leases
        self.profile = settings.profile
        self.egresses = Path(settings.folder) / "egresses"
        # Names on disk stay, as in folders.py.
        self.aside = Path(settings.folder) / "aside"
        self.pending_uploads = PendingUploads(Path(settings.folder) / "waiting")
        self.spare = SpareProcess()
