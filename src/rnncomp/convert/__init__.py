"""Models in other programs' files."""

from rnncomp.convert.files import Conversion, convert_file
from rnncomp.convert.onnx_export import to_onnx

__all__ = ["Conversion", "convert_file", "to_onnx"]
