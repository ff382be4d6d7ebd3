"""Training loads nothing heavy: a program with arrays in starts at once."""

import subprocess
import sys

CODE = """
import sys
before = {name.partition(".")[0] for name in sys.modules}
import rnncomp.training, rnncomp.keras
after = {name.partition(".")[0] for name in sys.modules} - before
print(sorted(after - set(sys.stdlib_module_names)))
"""


def test_training_imports_only_numpy_and_ours():
    out = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "['numpy', 'rnncomp']"
