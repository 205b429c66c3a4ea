"""How the language model of a workspace reads what it is asked: cleaned and cut as the corpus was."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from malgil.clean import Cleaner
from malgil.search.morphemes import query_morphemes
from malgil.strings import string_array
from malgil.tokenizers import Tokenizer
from malgil.tokenizers.protocol import BlockTokenizer
from malgil.tokens import Tokens
from malgil.workspace.tokenising import spans_to_raw


@dataclass(frozen=True)
class AskedTokenizer(BlockTokenizer):
    """A workspace's tokeniser with its cleaning before it.

    Parameters
    ----------
    made : Tokenizer
        What the workspace's texts were cut with.
    cleaner : Cleaner
        What they were cleaned with.

    Notes
    -----
    `split`, which reads the few words of a question, takes Korean morphemes from the table that `malgil search` uses:
    nearly always what Kiwi finds, in milliseconds in place of seconds. `tokenize` asks Kiwi itself.
    """

    made: Tokenizer
    cleaner: Cleaner

    @property
    def name(self) -> str:
        """Name of the tokeniser."""
        return self.made.name

    @property
    def covers_all(self) -> bool:
        """Whether the spans cover every character that is not white space; cleaning may drop some."""
        return False

    @property
    def normalises(self) -> bool:
        """Whether a form may differ from the text in its span."""
        return True

    @property
    def params(self) -> dict[str, Any]:
        """Those of the tokeniser."""
        return self.made.params

    def split(self, text: str) -> list[str]:
        """Forms of a question.

        Parameters
        ----------
        text : str
            Raw text.

        Returns
        -------
        list of str
            The words of the model.
        """
        cleaned = str(self.cleaner.clean_block(string_array([text])).texts[0].as_py())
        options = self.params
        if self.name == "kiwi" and not {"user_words", "stop_words"} & options.keys():
            return query_morphemes(cleaned, tags=options["tags"], lowercase=bool(options["lowercase"]))
        return self.made.split(cleaned)

    def tokenize_block(self, texts: pa.LargeStringArray) -> Tokens:
        """Tokens of one block.

        Parameters
        ----------
        texts : pa.LargeStringArray
            Raw texts.

        Returns
        -------
        Tokens
            With spans in the raw texts.
        """
        cleaned = self.cleaner.clean_block(texts)
        tokens = self.made.tokenize_block(cleaned.texts)
        spans_to_raw(tokens, cleaned, 0)
        return tokens
