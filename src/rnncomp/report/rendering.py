"""What every page is made of: files of the package, data as JSON, a policy, and a whole write."""

from __future__ import annotations

import json
import os
from base64 import b64encode
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

from rnncomp._check import as_path
from rnncomp._files import write_whole
from rnncomp.errors import OutputError


def render(template: str, *, style: str, script: str, data: object, **values: Any) -> str:
    """Return a template of the package filled in, with its style, its program and its data.

    Args:
        template: Name of the file; it sees ``style``, ``script``, ``data`` and `values`, all of
            them escaped where they are put in but what is marked safe, and the hashes
            ``style_hash`` and ``script_hash``, by which its policy lets those two run, alone.
        style: Text of its style.
        script: Text of its program.
        data: What the program reads, plain values.
        values: What else the template shows.
    """
    page = _environment().get_template(template)
    return str(
        page.render(
            style=style,
            script=script,
            data=_json(data),
            style_hash=_hash(style),
            script_hash=_hash(script),
            **values,
        )
    )


def write_text(path: str | os.PathLike[str], make: Callable[[], str]) -> None:
    """Write the text that `make` returns to a file, whole or not at all.

    Raises:
        OutputError: The file cannot be written; what was there is still there.
    """
    target = as_path("path", path)
    data = make().encode()
    try:
        write_whole(target, data)
    except OSError as error:
        why = error.strerror or str(error)
        raise OutputError(f"{target}: cannot be written ({why}); try another place") from None


@cache
def packaged(name: str) -> str:
    """Return the text of a file that stands beside this one in the package."""
    return files("rnncomp.report").joinpath(name).read_text(encoding="utf-8")


def _json(value: object) -> str:
    """Return JSON that may stand in a script element, whatever text it holds."""
    text = json.dumps(value, allow_nan=False, ensure_ascii=False, separators=(",", ":"))
    # No name of a column can end the element, or open a comment in it.
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


@cache
def _environment() -> Any:
    from jinja2 import Environment, FunctionLoader, StrictUndefined  # noqa: PLC0415

    return Environment(
        loader=FunctionLoader(packaged),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _hash(text: str) -> str:
    """Return the hash by which the page's own policy lets this style or script run, alone."""
    return "sha256-" + b64encode(sha256(text.encode()).digest()).decode()
