"""Files that are uploaded: none is taken, by no form of ours, admin's included."""

from typing import Any, NoReturn

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler


class RefuseFiles(FileUploadHandler):
    """Ends the reading of a form at the first byte of a file; before it, when the whole form is too large.

    Django's own handlers write what a stranger sends into the temporary folder, as much as they send.
    """

    def handle_raw_input(self, stream: Any, meta: Any, content_length: int, *unused: Any) -> None:
        if content_length > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise RequestDataTooBig("A form of this size is not taken.")

    def new_file(self, *unused: Any, **unused_too: Any) -> NoReturn:
        raise RequestDataTooBig("No files are taken.")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        return raw_data  # of no file: new_file has refused it

    def file_complete(self, file_size: int) -> None:
        return None
