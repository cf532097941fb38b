"""What keeps a request from filling the disk: of a file that is too large, no more is kept than is allowed."""

from django.core.files.uploadhandler import FileUploadHandler, SkipFile

from contracts.uploads.model import MOST_BYTES


class SizeLimit(FileUploadHandler):
    """Leaves out a file once it is larger than any page takes; what follows of it is read and forgotten."""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        if start + len(raw_data) > MOST_BYTES:
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """The handlers after this one make the file."""
