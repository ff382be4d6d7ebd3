"""Models in other programs' files."""

from rnncomp.convert.onnx_export import to_onnx

__all__ = ["to_onnx"]
