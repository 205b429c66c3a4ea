"""Wrong usage in one sentence: what typer found, said in the reader's language."""

from __future__ import annotations

from typing import Any

from malgil.messages import render


def usage_sentence(error: Exception, lang: str) -> str | None:
    """Say a usage error of typer in one sentence.

    typer's exceptions differ between its releases in home but not in name, so they are told apart by name.

    Parameters
    ----------
    error : Exception
        Whatever ended the command line.
    lang : str
        ``"en"`` or ``"ko"``.

    Returns
    -------
    str or None
        The sentence; ``None`` if this is no usage error.
    """
    if not hasattr(error, "format_message"):
        return None
    known: Any = error
    context = getattr(known, "ctx", None)
    where = context.command_path if context else "malgil"
    return f"{where}: {_what(known, context, lang)} {render('cli.see_help', lang, where=where)}"


def _what(error: Any, context: Any, lang: str) -> str:
    kind = type(error).__name__
    if kind == "MissingParameter":
        return render("cli.missing", lang, name=_name(error.param))
    if kind == "NoSuchOption":
        options = [name for param in context.command.params for name in param.opts] if context else []
        return render("cli.no_such_option", lang, name=error.option_name, hint=hint(error.option_name, options, lang))
    if kind == "BadOptionUsage":
        params = context.command.params if context else []
        is_flag = error.option_name in [
            name for param in params if getattr(param, "is_flag", False) for name in param.opts
        ]
        return render("cli.takes_no_value" if is_flag else "cli.needs_value", lang, name=error.option_name)
    if kind == "BadParameter" and error.param is not None:  # the options that are no strings are whole numbers
        return render("cli.not_a_number", lang, name=_name(error.param))
    return str(error.format_message())


def _name(param: Any) -> str:
    is_option = param.param_type_name == "option"
    return str(max(param.opts, key=len) if is_option else (param.metavar or param.name.upper()))


def hint(value: str, names: list[str], lang: str) -> str:
    """Propose the nearest known name in the reader's language.

    Parameters
    ----------
    value : str
        What the user wrote.
    names : list of str
        What is known.
    lang : str
        ``"en"`` or ``"ko"``.

    Returns
    -------
    str
        A sentence with a leading blank, or nothing where no name is near.
    """
    import difflib

    near = difflib.get_close_matches(value, names, n=1)
    return render("house.did_you_mean", lang, value=near[0]) if near else ""
