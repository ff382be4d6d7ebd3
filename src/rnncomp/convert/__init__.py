"""Models in other programs' files."""

from rnncomp.convert.files import Conversion, convert_file
from rnncomp.convert.keras_fit import fit
from rnncomp.convert.keras_models import from_keras, to_keras
from rnncomp.convert.onnx_export import to_onnx

__all__ = ["Conversion", "convert_file", "fit", "from_keras", "to_keras", "to_onnx"]
