"""Help in two languages: typer's commands whose texts are looked up only when somebody asks for help.

In the commands' declarations every help text is the name of a message, so that a run that shows no help renders none.
"""

from __future__ import annotations

from typing import Any

from typer.core import TyperCommand, TyperGroup

from malgil.cli.usage import hint
from malgil.errors import ParameterError
from malgil.messages import catalogue, default_language, render


def language_of(context: Any) -> str:
    """Language of the run that a context belongs to.

    Parameters
    ----------
    context : typer.Context
        Its ``obj`` is the `Shell`, if `main` made it.

    Returns
    -------
    str
        ``"en"`` or ``"ko"``.
    """
    return str(getattr(context.obj, "lang", None) or default_language())


class SpokenCommand(TyperCommand):
    """A command that gives its help in the reader's language and takes no words too many."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help.

        Parameters
        ----------
        ctx : typer.Context
            Names the language.
        formatter : object
            Handed on to typer.
        """
        _translate(self, ctx)
        super().format_help(ctx, formatter)

    def get_usage(self, ctx: Any) -> str:
        """Write the line of usage.

        Parameters
        ----------
        ctx : typer.Context
            Names the language.

        Returns
        -------
        str
            The line.
        """
        return super().get_usage(ctx).replace("Usage:", render("cli.usage", language_of(ctx)), 1)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the options.

        Parameters
        ----------
        ctx : typer.Context
            Takes what was read; an error that does not know where it arose learns it here.
        args : list of str
            The words.

        Returns
        -------
        list of str
            The words that are left.
        """
        try:
            return list(super().parse_args(ctx, args))
        except Exception as error:
            if getattr(error, "ctx", ctx) is None:
                error.ctx = ctx  # type: ignore[attr-defined]
            raise

    def invoke(self, ctx: Any) -> Any:
        """Run the command.

        Parameters
        ----------
        ctx : typer.Context
            The parsed options.

        Returns
        -------
        object
            What the command gave back: its exit code, or nothing.

        Raises
        ------
        ParameterError
            If words are left over.
        """
        if ctx.args:
            raise ParameterError("cli.too_many", where=ctx.command_path, words=" ".join(ctx.args))
        return super().invoke(ctx)


class SpokenGroup(TyperGroup):
    """The whole command line, with its help in the reader's language."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help.

        Parameters
        ----------
        ctx : typer.Context
            Names the language.
        formatter : object
            Handed on to typer.
        """
        _translate(self, ctx)
        for command in self.commands.values():
            command.help = _text(f"{_key(f'{ctx.command_path} {command.name}')}_help", language_of(ctx))
            command.rich_help_panel = render("cli.commands", language_of(ctx))  # type: ignore[attr-defined]
        super().format_help(ctx, formatter)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the options before the command.

        Parameters
        ----------
        ctx : typer.Context
            Takes what was read.
        args : list of str
            The words; without any, the help is shown.

        Returns
        -------
        list of str
            The words that are left.
        """
        return list(super().parse_args(ctx, args or ["--help"]))

    def get_usage(self, ctx: Any) -> str:
        """Write the line of usage.

        Parameters
        ----------
        ctx : typer.Context
            Names the language.

        Returns
        -------
        str
            The line.
        """
        return super().get_usage(ctx).replace("Usage:", render("cli.usage", language_of(ctx)), 1)

    def list_commands(self, ctx: Any) -> list[str]:
        """Names of the commands in the order of the work.

        Parameters
        ----------
        ctx : typer.Context
            Not used.

        Returns
        -------
        list of str
            As they were added.
        """
        return list(self.commands)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command that the first word names.

        Parameters
        ----------
        ctx : typer.Context
            The context.
        args : list of str
            The words.

        Returns
        -------
        tuple
            Name, command and the words that are left.

        Raises
        ------
        ParameterError
            If there is no such command.
        """
        if args[0] not in self.commands and not args[0].startswith("-"):
            near = hint(args[0], list(self.commands), language_of(ctx))
            raise ParameterError("cli.no_such_command", name=args[0], hint=near, where=ctx.command_path)
        return super().resolve_command(ctx, args)


def _translate(command: Any, ctx: Any) -> None:
    """Put texts in place of the names of messages, for the command whose help is shown."""
    from typer import rich_utils

    lang = language_of(ctx)
    name = _key(ctx.command_path)
    command.help, command.epilog = _text(f"{name}_help", lang), _examples(name, lang)
    command.options_metavar = render("cli.options_metavar", lang)
    if isinstance(command, TyperGroup):
        command.subcommand_metavar = render("cli.command_metavar", lang)
    for constant in ("DEFAULT_STRING", "REQUIRED_LONG_STRING"):
        setattr(rich_utils, constant, catalogue("cli")[constant.lower()][lang])
    rich_utils.highlighter = _folding(rich_utils.OptionHighlighter)
    for param in command.get_params(ctx):
        is_option = param.param_type_name == "option"
        if getattr(param, "is_flag", False):
            param.display_type_rich = lambda ctx: None  # "<bool>" reads as if the option took a value
        param.rich_help_panel = render("cli.options" if is_option else "cli.arguments", lang)
        param.help = _text("help_option" if param.name == "help" else param.help, lang)


def _key(path: str) -> str:
    """Name of the messages of a command: ``malgil lm train`` has ``lm_train_help``."""
    return "_".join(path.split()[1:]) or "malgil"


def _text(name: str, lang: str) -> str:
    """Help may hold square brackets that are no markup of rich's."""
    return render(f"cli.{name}", lang).strip().replace("[", "\\[")


def _examples(name: str, lang: str) -> str:
    rows = render(f"cli.{name}_examples", lang).strip().splitlines()
    title = render("cli.examples", lang)
    lines = "\n".join(f"  [cyan]{row}[/]" if row.startswith("malgil") else f"  [dim]{row}[/]" for row in rows)
    return f"[bold]{title}[/]\n{lines}"


def _folding(highlighter: Any) -> Any:
    """Make a highlighter whose texts fold: rich cuts a line of wide letters if only its last blank is too wide."""

    class Folding(highlighter):
        def __call__(self, text: Any) -> Any:
            shown = super().__call__(text)
            shown.overflow = "fold"
            return shown

    return Folding()
