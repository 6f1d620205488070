"""Fake storage, in place of S3."""

from dataclasses import dataclass, field
from pathlib import Path

from egress.upload import Target, UploadFailed


@dataclass
class Storage:
    """What was uploaded. `refusals`: by the file's kind, why it cannot be."""

    files: dict[str, bytes] = field(default_factory=dict)
    targets: list[Target] = field(default_factory=list)
    refusals: dict[str, str] = field(default_factory=dict)

    def upload(self, file: Path, target: Target, key: str) -> None:
        if file.suffix in self.refusals:
            raise UploadFailed(self.refusals[file.suffix], is_transient=True)
        self.files[key] = file.read_bytes()
        self.targets.append(target)
