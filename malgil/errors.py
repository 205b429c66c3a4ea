"""Everything that a user can do wrong, as exceptions that say what, where and what to do.

::

    MalgilError
     |- ParameterError     (ValueError)                  an argument or a recipe key is wrong
     |- DataError          (ValueError)                  the content of an input cannot be used
     |- MissingError       (FileNotFoundError)           a file or folder is not there
     |- ArtefactError      (ValueError)                  a saved artefact is damaged, newer or of another kind
     |- BusyError          (OSError)                     somebody else holds the lock
     |- StorageError       (OSError)                     the target cannot be written
     |- NotFittedError     (ValueError, AttributeError)  used before ``fit``
     '- TermNotFoundError  (KeyError)                    no such document or word
"""

from __future__ import annotations

from typing import Any

from malgil.messages import render


class MalgilError(Exception):
    """Base of every failure that a user can cause.

    Parameters
    ----------
    key : str
        Message key, ``"<stage>.<name>"``.
    **fields : object
        Values for the message's placeholders.
    """

    def __init__(self, key: str, /, **fields: object) -> None:
        super().__init__(key)
        self.key = key
        self.fields = fields

    def sentence(self, lang: str = "en") -> str:
        """Say the error in one language.

        Parameters
        ----------
        lang : str
            ``"en"`` or ``"ko"``.

        Returns
        -------
        str
            What was wrong, where, and what to do.
        """
        # a reason that is an error of ours is said in the same language
        fields = {n: v.sentence(lang) if isinstance(v, MalgilError) else v for n, v in self.fields.items()}
        return render(self.key, lang=lang, **fields)

    def __str__(self) -> str:
        return self.sentence()

    def __reduce__(self) -> tuple[Any, ...]:
        # The default would call the class without the fields; joblib sends exceptions between processes.
        return _rebuild, (type(self), self.key, self.fields)


def _rebuild(kind: type[MalgilError], key: str, fields: dict[str, object]) -> MalgilError:
    return kind(key, **fields)


class ParameterError(MalgilError, ValueError):
    """An argument, option or recipe key has a value that cannot be used."""


class DataError(MalgilError, ValueError):
    """The content of an input cannot be used."""


class MissingError(MalgilError, FileNotFoundError):
    """A file or folder is not there."""


class ArtefactError(MalgilError, ValueError):
    """A saved artefact is damaged, of a newer format or of another kind."""


class BusyError(MalgilError, OSError):
    """Somebody else is writing there right now."""


class StorageError(MalgilError, OSError):
    """The target cannot be written."""


class NotFittedError(MalgilError, ValueError, AttributeError):
    """An estimator was used before ``fit``."""


class TermNotFoundError(MalgilError, KeyError):
    """No such document or word."""
