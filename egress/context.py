"""What the recordings of one worker share: settings, connections, folders on disk."""

from pathlib import Path

from egress.bus import Bus
from egress.child import Ready
from egress.leases import Leases
from egress.settings import Settings
from egress.waiting import Waiting


class WorkerContext:
    def __init__(self, settings: Settings, bus: Bus, leases: Leases) -> None:
        self.settings, self.bus, self.leases = settings, bus, leases
        self.manners = settings.manners
        self.home = Path(settings.folder) / "egresses"
        self.aside = Path(settings.folder) / "aside"
        self.waiting = Waiting(Path(settings.folder) / "waiting")
        self.ready = Ready()
