"""Options and arguments that several commands share; every ``help`` is the name of a message."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

WorkspaceArgument = Annotated[Path, typer.Argument(metavar="WORKSPACE", help="argument_workspace")]
SearchableArgument = Annotated[Path, typer.Argument(metavar="INDEX", help="argument_searchable")]
IndexArgument = Annotated[Path, typer.Argument(metavar="INDEX", help="argument_index")]
InputArgument = Annotated[str, typer.Argument(metavar="INPUT", help="argument_input")]
LangOption = Annotated[str | None, typer.Option("--lang", help="option_lang", show_default=False)]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="option_quiet")]
JsonOption = Annotated[bool, typer.Option("--json", help="option_json")]
KOption = Annotated[int, typer.Option("--k", "-k", help="option_k")]
ExplainOption = Annotated[bool, typer.Option("--explain", help="option_explain")]
WorkersOption = Annotated[int | None, typer.Option("--workers", help="option_workers", show_default=False)]
TokenizerOption = Annotated[str | None, typer.Option("--tokenizer", help="option_tokenizer", show_default=False)]
TextOption = Annotated[str | None, typer.Option("--text", help="option_text", show_default=False)]
LabelOption = Annotated[str | None, typer.Option("--label", help="option_label", show_default=False)]
TimeOption = Annotated[str | None, typer.Option("--time", help="option_time", show_default=False)]
IdOption = Annotated[str | None, typer.Option("--id", help="option_id", show_default=False)]
EncodingOption = Annotated[str | None, typer.Option("--encoding", help="option_encoding", show_default=False)]
RejectsOption = Annotated[Path | None, typer.Option("--rejects", help="option_rejects", show_default=False)]
ShowOption = Annotated[int, typer.Option("--show", help="option_show")]
OutputOption = Annotated[Path, typer.Option("--output", "-o", help="option_output", show_default=False)]
ModelArgument = Annotated[Path, typer.Argument(metavar="MODEL", help="argument_model")]
ModelOutputOption = Annotated[Path, typer.Option("--output", "-o", help="model_output", show_default=False)]
LmTokenizerOption = Annotated[str, typer.Option("--tokenizer", help="lm_tokenizer")]
