"""Why a recording failed, in words for whoever asked for it."""

NO_RECORDER = "No recorder was free, however often we asked."
NOT_ANSWERED = "The recorder could not be started: the call server did not answer."
REFUSED = "The recorder refused to start."
BROKE_OFF = "The recorder stopped working in mid recording."
NEVER_BEGAN = "The recorder stopped working before it began."
NOT_STORED = "The recording ended, but its file did not reach the storage."
NO_STORAGE = "The recording could not be stored: the storage did not take it."


def of_error(error: str, has_begun: bool) -> str:
    """The reason behind an error of LiveKit's recorder; its own words are for staff."""
    words = error.lower()
    if "upload" in words or "s3" in words or "storage" in words:
        return NO_STORAGE
    return BROKE_OFF if has_begun else NEVER_BEGAN
