"""Slips of the pen: a module of ours with one line changed, for the canaries."""

import inspect
import sys
import types


def broken(module, right, slip):
    """Return a copy of `module` in which what says `right` says `slip`."""
    source = inspect.getsource(module)
    assert right in source, f"{right!r} is gone from {module.__name__}: mend the canary"
    name = f"{module.__name__}_with_a_slip"
    copy = types.ModuleType(name)
    sys.modules[name] = copy  # dataclasses look their module up there
    try:
        exec(compile(source.replace(right, slip), name, "exec"), copy.__dict__)
    finally:
        del sys.modules[name]
    return copy
