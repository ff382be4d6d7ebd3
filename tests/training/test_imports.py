"""Training loads nothing heavy: a program with arrays in starts at once."""

import subprocess
import sys

CODE = """
import sys
import rnncomp.training, rnncomp.nn, rnncomp.kernels.engine
ours = {"rnncomp", "numpy"}
known = set(sys.stdlib_module_names)
found = {name.partition(".")[0] for name in sys.modules}
print(sorted(name for name in found - known - ours if not name.startswith(("_", "sitecustomize"))))
"""


def test_training_imports_only_numpy_and_ours():
    out = subprocess.run(
        [sys.executable, "-S", "-c", f"import sys; sys.path[:] = {sys.path!r}\n{CODE}"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert out.stdout.strip() == "[]"
