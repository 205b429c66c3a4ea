"""The command line as a whole: which commands there are, and the options that stand before a command."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import typer

from malgil.cli.add import add_cli
from malgil.cli.augment import augment_cli
from malgil.cli.blank import blank_cli
from malgil.cli.build import build_cli
from malgil.cli.check import check_cli
from malgil.cli.clean import clean_cli
from malgil.cli.compare import compare_cli
from malgil.cli.delete import delete_cli
from malgil.cli.demo import demo_memory_cli
from malgil.cli.draw import draw_cli
from malgil.cli.duplicates import duplicates_cli
from malgil.cli.embed import embed_cli
from malgil.cli.evaluate import evaluate_cli
from malgil.cli.explain import explain_cli
from malgil.cli.index import index_cli
from malgil.cli.info import info_cli
from malgil.cli.lm_export import lm_export_cli
from malgil.cli.lm_generate import lm_generate_cli
from malgil.cli.lm_import import lm_import_cli
from malgil.cli.lm_info import lm_info_cli
from malgil.cli.lm_mix import lm_mix_cli
from malgil.cli.lm_score import lm_score_cli
from malgil.cli.lm_surprise import lm_surprise_cli
from malgil.cli.lm_train import lm_train_cli
from malgil.cli.next import next_cli
from malgil.cli.options import LangOption
from malgil.cli.predict import predict_cli
from malgil.cli.report import report_cli
from malgil.cli.sample import sample_cli
from malgil.cli.search import search_cli
from malgil.cli.sentences import sentences_cli
from malgil.cli.similar import similar_cli
from malgil.cli.space import space_cli
from malgil.cli.spell import spell_cli
from malgil.cli.spoken import SpokenCommand, SpokenGroup
from malgil.cli.suggest import suggest_cli
from malgil.cli.tokens import tokens_cli
from malgil.cli.train import train_cli
from malgil.cli.vectorize import vectorize_cli
from malgil.cli.words import words_cli

COMMANDS: dict[str, Callable[..., object]] = {
    "build": build_cli,
    "index": index_cli,
    "search": search_cli,
    "suggest": suggest_cli,
    "add": add_cli,
    "delete": delete_cli,
    "similar": similar_cli,
    "explain": explain_cli,
    "next": next_cli,
    "blank": blank_cli,
    "report": report_cli,
    "info": info_cli,
    "check": check_cli,
    "sample": sample_cli,
    "clean": clean_cli,
    "space": space_cli,
    "spell": spell_cli,
    "sentences": sentences_cli,
    "tokens": tokens_cli,
    "vectorize": vectorize_cli,
    "duplicates": duplicates_cli,
    "augment": augment_cli,
    "lm train": lm_train_cli,
    "lm next": next_cli,
    "lm blank": blank_cli,
    "lm score": lm_score_cli,
    "lm generate": lm_generate_cli,
    "lm surprise": lm_surprise_cli,
    "lm info": lm_info_cli,
    "lm mix": lm_mix_cli,
    "lm import": lm_import_cli,
    "lm export": lm_export_cli,
    "embed": embed_cli,
    "words": words_cli,
    "train": train_cli,
    "predict": predict_cli,
    "evaluate": evaluate_cli,
    "compare": compare_cli,
    "draw": draw_cli,
    "demo memory": demo_memory_cli,
}
"""Command -> function; the commands of a group stand behind its name."""

_SETTINGS = {"help_option_names": ["--help", "-h"], "allow_extra_args": True}


def command_line() -> Any:
    """Put the commands together.

    Returns
    -------
    typer.core.TyperGroup
        Ready for ``make_context``.
    """
    app = _group()
    app.callback()(before_command)
    groups: dict[str, typer.Typer] = {"": app}
    for whole, function in COMMANDS.items():
        group, _, name = whole.rpartition(" ")
        if group not in groups:
            groups[group] = _group()
            groups[group].callback()(before_group)
            app.add_typer(groups[group], name=group, cls=SpokenGroup)
        groups[group].command(name, cls=SpokenCommand, context_settings=_SETTINGS)(function)
    return typer.main.get_command(app)


def _group() -> typer.Typer:
    return typer.Typer(cls=SpokenGroup, add_completion=False, rich_markup_mode="rich", context_settings=_SETTINGS)


def before_command(
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=lambda asked: _version(asked), help="option_version")
    ] = False,
    lang: LangOption = None,
) -> None:
    """Take the options that stand before a command; the language is found beforehand.

    Parameters
    ----------
    version : bool
        Show the version and end.
    lang : str, optional
        Language of the run.
    """


def before_group(lang: LangOption = None) -> None:
    """Take the options that stand between a group and its command; the language is found beforehand.

    Parameters
    ----------
    lang : str, optional
        Language of the run.
    """


def _version(asked: bool) -> None:
    if asked:
        from malgil import __version__

        typer.echo(f"malgil {__version__}")
        raise typer.Exit
