"""``malgil lm import``: a model out of an ARPA file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from malgil.cli.options import LangOption, LmTokenizerOption, ModelOutputOption, QuietOption
from malgil.cli.shell import Shell

if TYPE_CHECKING:
    from malgil.ngram import NgramLM


def lm_import_cli(
    ctx: typer.Context,
    arpa: Annotated[Path, typer.Argument(metavar="ARPA", help="argument_arpa")],
    output: ModelOutputOption,
    tokenizer: LmTokenizerOption = "whitespace",
    lang: LangOption = None,
    quiet: QuietOption = False,
) -> None:
    """Read an ARPA file, write a model and say what is in it."""
    from malgil.cli.lm_info import n_grams

    shell: Shell = ctx.obj
    lm = lm_import(arpa, output, tokenizer=tokenizer)
    if not quiet:
        shell.say("trained", path=output, n_words=len(lm.model_.words), n_grams=n_grams(lm))


def lm_import(arpa: Path, output: Path, *, tokenizer: str = "whitespace") -> NgramLM:
    """Read an ARPA file and write it as a model of malgil.

    Parameters
    ----------
    arpa : Path
        By KenLM, SRILM or malgil; plain or compressed by gzip.
    output : Path
        Folder of the model.
    tokenizer : str
        How the texts were cut that it learned from.

    Returns
    -------
    NgramLM
        The model.
    """
    from malgil.ngram import NgramLM
    from malgil.ngram.settings import make_tokenizer

    make_tokenizer(tokenizer)  # a wrong name is said before a long file is read
    lm = NgramLM.read_arpa(arpa, tokenizer=tokenizer)
    lm.save(output)
    return lm
