"""The errors that reach a user: a sentence to read, a detail for the log.

Nothing here may hold a secret. Text that came from outside is masked (``core.redact``) before it becomes
a detail.
"""

from __future__ import annotations


class AppError(Exception):
    """What went wrong, where, and what to do about it, in one plain sentence.

    Args:
        sentence: for the user; says what, where, and what to do.
        detail: for the log; may be technical, has its secrets masked by whoever raises it.
        where: the field, file or JSON path it belongs to, where there is one.
    """

    def __init__(self, sentence: str, *, detail: str = "", where: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.detail = detail
        self.where = where


class InputError(AppError):
    """Something that the user gave (an address, a list, an option) cannot be used."""


class FileError(AppError):
    """A file could not be read or written, or does not hold what it should."""


class ClassFileError(FileError):
    """A class list was opened where a project was expected: its classes can be added."""


class ImageError(AppError):
    """An image could not be read: damaged, of an unknown kind, too large, or gone."""


class ImageTooLargeError(ImageError):
    """A valid image that would take too much memory to be drawn. It can still be sent."""


class NotSentError(AppError):
    """An image was not sent, as the server would not have answered; the sentence says why."""


class JsonError(AppError):
    """Bytes that are not the JSON they should be.

    Args:
        finding_id: the finding of the ``json.`` family that this is.
        line: 1-based, 0 where it is not known.
        column: 1-based, 0 where it is not known.
        around: the text around the place, one line, at most 80 characters.
    """

    def __init__(
        self,
        sentence: str,
        *,
        finding_id: str,
        line: int = 0,
        column: int = 0,
        around: str = "",
        where: str = "",
    ) -> None:
        super().__init__(sentence, where=where)
        self.finding_id = finding_id
        self.line = line
        self.column = column
        self.around = around


class SetupError(AppError):
    """This computer lacks something that is needed; the sentence says what, and how to get it."""


class SecretStoreError(AppError):
    """The keyring could not be used; the sentence says what becomes of the secret."""


class NetworkError(AppError):
    """A call without an HTTP response; ``observations.NetFailure`` holds the facts."""


class Cancelled(AppError):
    """The user, or the end of the app, stopped the work."""

    def __init__(self) -> None:
        super().__init__("Canceled.")
