"""Vectors kept: as a folder of malgil's own, as files that other programs read, or handed to gensim."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, cast

from malgil.params import choose

if TYPE_CHECKING:
    from malgil.embeddings.vectors import Vectors


class Kept:
    """Base of `Vectors`: how they come and go."""

    @property
    def _whole(self) -> Vectors:
        return cast("Vectors", self)

    def save(self, path: str | Path) -> None:
        """Write the vectors as a folder that opens by memory map.

        Parameters
        ----------
        path : str or Path
            The folder; appears whole or not at all.

        Raises
        ------
        StorageError
            If it cannot be written.
        """
        from malgil.embeddings.saving import save_vectors

        save_vectors(self._whole, path, {})

    @classmethod
    def open(cls, path: str | Path, *, verify: bool | None = None) -> Self:
        """Open saved vectors by memory map.

        Parameters
        ----------
        path : str or Path
            The folder.
        verify : bool, optional
            Compare checksums, as in `malgil.store.open_artefact`.

        Returns
        -------
        Vectors
            Nothing is in memory yet but what the checks have read.

        Raises
        ------
        ArtefactError
            If they are missing, damaged or of another kind.
        """
        from malgil.embeddings.saving import open_parts

        made = cls.__new__(cls)
        made.__dict__.update(open_parts(path, verify))
        return made

    def write(self, path: str | Path, format: str | None = None) -> None:
        """Write the vectors as one file that other programs read.

        Parameters
        ----------
        path : str or Path
            The file; appears whole or not at all.
        format : str, optional
            A key of `malgil.embeddings.FORMATS`; by default the one that the name's end means: ``.txt``, ``.w2v``,
            ``.vec``, ``.glove``, ``.bin`` (fastText) or ``.safetensors``. ``"vec"`` and ``"glove"`` round, as their
            programs do.

        Raises
        ------
        ParameterError
            If there is no such format.
        DataError
            If the format cannot hold a word.
        StorageError
            If the file cannot be written.
        """
        from malgil.embeddings.formats import format_of

        format_of(Path(path), format).write(self._whole, Path(path))

    @classmethod
    def read(cls, path: str | Path, format: str | None = None) -> Self:
        """Read a file of vectors that another program wrote.

        Parameters
        ----------
        path : str or Path
            The file; text and word2vec's binary may be packed with gzip.
        format : str, optional
            A key of `malgil.embeddings.FORMATS`; found out from the content by default.

        Returns
        -------
        Vectors
            In memory.

        Raises
        ------
        ParameterError
            If there is no such format.
        MissingError
            If there is no such file.
        DataError
            If it is damaged, cut off or of another format; says where.
        """
        from malgil.embeddings.formats import FORMATS, sniff

        return cls(**choose(FORMATS, "format", format or sniff(Path(path))).read(Path(path)))

    @classmethod
    def from_gensim(cls, keyed: Any) -> Self:
        """Take vectors over from gensim.

        Parameters
        ----------
        keyed : gensim.models.KeyedVectors
            ``model.wv``; fastText's n-grams come along.

        Returns
        -------
        Vectors
            A copy.

        Raises
        ------
        ParameterError
            If it is something else.
        """
        from malgil.embeddings.gensim_vectors import from_gensim

        return cls(**from_gensim(keyed))

    def to_gensim(self) -> Any:
        """Give the vectors to gensim.

        Returns
        -------
        gensim.models.KeyedVectors
            A copy, without n-grams.

        Raises
        ------
        MissingError
            If gensim is not installed.
        """
        from malgil.embeddings.gensim_vectors import to_gensim

        return to_gensim(self._whole)
