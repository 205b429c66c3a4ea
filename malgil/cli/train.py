"""``malgil train``: a neural network for one of the tasks, trained on a file of examples."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from malgil.cli.options import (
    EncodingOption,
    LabelOption,
    LangOption,
    ModelOutputOption,
    QuietOption,
    RejectsOption,
    TextOption,
    TokenizerOption,
)
from malgil.cli.shell import Shell
from malgil.errors import ParameterError

if TYPE_CHECKING:
    from malgil.tasks.reading import Given


def train_cli(
    ctx: typer.Context,
    task: Annotated[str, typer.Argument(metavar="TASK", help="train_task")],
    data: Annotated[str, typer.Argument(metavar="DATA", help="train_data")],
    output: ModelOutputOption,
    encoder: Annotated[str | None, typer.Option("--encoder", help="train_encoder", show_default=False)] = None,
    epochs: Annotated[int | None, typer.Option("--epochs", help="train_epochs", show_default=False)] = None,
    target: Annotated[str | None, typer.Option("--target", help="train_target", show_default=False)] = None,
    tokenizer: TokenizerOption = None,
    pretrained: Annotated[
        list[Path] | None, typer.Option("--pretrained", help="train_pretrained", show_default=False)
    ] = None,
    set_: Annotated[list[str] | None, typer.Option("--set", help="train_set", show_default=False)] = None,
    seed: Annotated[int, typer.Option("--seed", help="embed_seed")] = 0,
    device: Annotated[str, typer.Option("--device", help="train_device")] = "auto",
    resume: Annotated[bool, typer.Option("--resume", help="train_resume")] = False,
    text: TextOption = None,
    label: LabelOption = None,
    encoding: EncodingOption = None,
    rejects: RejectsOption = None,
    lang: LangOption = None,
    quiet: QuietOption = False,
) -> None:
    """Train a model and say how well it does."""
    from malgil.params import choose
    from malgil.tasks.names import ESTIMATORS
    from malgil.tasks.reading import read_examples

    shell: Shell = ctx.obj
    choose(ESTIMATORS, "TASK", task)
    if encoder == "tfidf" and task != "classify":
        raise ParameterError("models.tfidf_classifies", task=task)
    if pretrained and task != "classify":
        raise ParameterError("models.pretrained_classifies", task=task)
    others = read_settings(set_ or [])
    if encoder == "tfidf" and others:
        raise ParameterError("models.tfidf_has_none", name=next(iter(others)))
    columns = {"text": text, "encoding": encoding, "rejects": rejects}
    columns |= {} if task in ("lm", "translate") else {"label": label}
    given = read_examples(task, data, target=target, **columns)
    settings: dict[str, Any] = {"encoder": encoder, "epochs": epochs, "tokenizer": tokenizer}
    settings |= {"pretrained": pretrained or None}
    settings = {name: value for name, value in settings.items() if value is not None}
    settings |= {"seed": seed, "device": device, "verbose": not quiet}
    if "tokenizer" not in settings | others and task in ("classify", "regress") and not pretrained:
        settings["tokenizer"] = suitable_tokenizer(given.X)
    has_onnx = train(task, given, output, resume=resume, **settings | others)
    if not quiet:
        _summarise(shell, task, given, has_onnx, output)


def train(task: str, given: Given, output: Path, *, resume: bool = False, **settings: Any) -> bool:
    """Train a model and save it, with an ONNX file beside it where that is possible.

    Parameters
    ----------
    task : str
        A key of `malgil.tasks.names.ESTIMATORS`.
    given : Given
        What to learn from.
    output : Path
        Folder of the model; holds the state of the training while it lasts.
    resume : bool
        Go on where an earlier training in that folder was broken off.
    **settings : object
        Arguments of the estimator.

    Returns
    -------
    bool
        Whether the model can be asked without torch.

    Raises
    ------
    MissingError
        If torch is not installed.
    ParameterError
        If the task or a setting is not known.
    """
    import shutil

    from malgil.params import choose
    from malgil.tasks.names import ESTIMATORS
    from malgil.tasks.onnx_export import export_beside
    from malgil.tasks.opening import ONNX
    from malgil.tasks.saving import estimator_class

    if settings.get("encoder") == "tfidf":
        return train_baseline(given, output)
    model = estimator_class(choose(ESTIMATORS, "TASK", task))()
    unfinished = output / "training"
    if not resume:
        shutil.rmtree(unfinished, ignore_errors=True)
    known = {name: None for name in model.get_params() if name != "checkpoints"}
    for name in settings:
        choose(known, "--set", name)
    model.set_params(checkpoints=unfinished, **settings)
    model.fit(given.X, given.y) if len(given.y) else model.fit(given.X)
    model.save(output)
    for folder in (unfinished, output / ONNX):  # the latter of an earlier model
        shutil.rmtree(folder, ignore_errors=True)
    return export_beside(model, output)


def read_settings(pairs: list[str]) -> dict[str, Any]:
    """Read further arguments of an estimator.

    Parameters
    ----------
    pairs : list of str
        Such as ``hidden_size=512``; values are JSON, and what is no JSON is a text.

    Returns
    -------
    dict
        Name -> value; of a name that is there twice, the last one.

    Raises
    ------
    ParameterError
        If one has no name or no value.

    Examples
    --------
    >>> read_settings(["hidden_size=512", "optimizer=ntasgd", "tied=false"])
    {'hidden_size': 512, 'optimizer': 'ntasgd', 'tied': False}
    """
    import json

    found: dict[str, Any] = {}
    for pair in pairs:
        name, sign, value = pair.partition("=")
        if not (name.strip() and sign and value.strip()):
            raise ParameterError("cli.bad_setting", value=pair)
        try:
            found[name.strip()] = json.loads(value)
        except json.JSONDecodeError:
            found[name.strip()] = value.strip()
    return found


def suitable_tokenizer(texts: list[str]) -> str:
    """Choose the tokeniser that a build would choose.

    Parameters
    ----------
    texts : list of str
        What is to be cut.

    Returns
    -------
    str
        ``"kiwi"`` where over 30 % of the letters are Hangul, else ``"word"``.
    """
    from malgil.corpus import as_texts
    from malgil.tokenizers.choice import choose_tokenizer

    return choose_tokenizer([as_texts(texts)])


def train_baseline(given: Given, output: Path) -> bool:
    """Train TF-IDF with logistic regression and save it.

    Parameters
    ----------
    given : Given
        Labelled texts.
    output : Path
        Folder of the model.

    Returns
    -------
    bool
        True: no torch is needed to ask it.

    Raises
    ------
    DataError
        If there are fewer than two classes.
    """
    from malgil.tasks.baseline import TfidfBaseline

    TfidfBaseline().fit(given.X, given.y).save(output)
    return True


def _summarise(shell: Shell, task: str, given: Given, has_onnx: bool, output: Path) -> None:
    shell.say("trained_model", path=output, n=len(given.X))
    if given.n_left_out:
        shell.say("left_out_unlabelled", n=given.n_left_out)
    shell.say("trained_lm" if task == "lm" else "trained_onnx" if has_onnx else "trained_torch", path=output)
