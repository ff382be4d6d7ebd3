// Predictor<T> for Python. The sizes are checked from the buffers themselves, in one call that
// costs a fraction of a microsecond: what does not fit is told apart, and named, in Python.
#include "rnncomp/predictor.h"

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/vector.h>

#include <stdexcept>

namespace nb = nanobind;
using namespace nb::literals;
using namespace rnncomp;

namespace {

// The numbers of a C-contiguous array of T, as long as this lives; null if it is anything else.
template <class T>
class Numbers {
 public:
  Numbers(nb::handle array, bool writable) {
    const int flags = PyBUF_C_CONTIGUOUS | PyBUF_FORMAT | (writable ? PyBUF_WRITABLE : 0);
    held_ = PyObject_GetBuffer(array.ptr(), &view_, flags) == 0;
    if (!held_) PyErr_Clear();
  }
  ~Numbers() {
    if (held_) PyBuffer_Release(&view_);
  }
  Numbers(const Numbers&) = delete;

  // The numbers if there are so many, else null.
  T* of_size(std::size_t size) const {
    const bool fits = held_ && std::size_t(view_.len) == size * sizeof(T) && view_.format &&
                      view_.format[0] == (sizeof(T) == 4 ? 'f' : 'd') && view_.format[1] == '\0';
    return fits ? static_cast<T*>(view_.buf) : nullptr;
  }

  // As of_size, if the array is (rows, columns), or has one axis where the other would be 1.
  T* of_rows(Py_ssize_t rows, Py_ssize_t columns) const {
    const bool fits =
        held_ && (view_.ndim == 2 ? view_.shape[0] == rows && view_.shape[1] == columns
                                  : view_.ndim == 1 && (rows == 1 || columns == 1));
    return fits ? of_size(std::size_t(rows) * columns) : nullptr;
  }

 private:
  Py_buffer view_{};
  bool held_;
};

// Returns whether the arrays fit: x (T, F), y of O numbers, states None or of S numbers. The
// interpreter's lock is held throughout, so that threads may share a predictor.
template <class T>
bool predict(Predictor<T>& predictor, nb::handle x, nb::handle y, nb::handle states) {
  const Numbers<T> x_numbers(x, false);
  const Numbers<T> y_numbers(y, true);
  const T* x_data = x_numbers.of_rows(predictor.window(), predictor.features());
  T* y_data = y_numbers.of_size(predictor.outputs());
  if (!x_data || !y_data) return false;
  if (states.is_none()) {
    predictor.predict(x_data, nullptr, y_data);
    return true;
  }
  const Numbers<T> state_numbers(states, false);
  const T* state_data = state_numbers.of_size(predictor.state_size());
  if (!state_data) return false;
  predictor.predict(x_data, state_data, y_data);
  return true;
}

template <class T>
using Params = nb::ndarray<const T, nb::ndim<1>, nb::c_contig, nb::device::cpu>;

template <class T>
void define_predictor(nb::module_& m, const char* name) {
  nb::class_<Predictor<T>>(m, name)
      .def(
          "__init__",
          [](Predictor<T>* self, const std::vector<LayerSpec>& layers, int features, int window,
             Params<T> params) {
            const auto require = [](bool holds, const char* rule) {
              if (!holds) throw std::invalid_argument(rule);
            };
            require(!layers.empty() && window >= 1, "a predictor needs layers and a window");
            require(params.size() == Network<T>(layers, features).n_params(),
                    "params has another size");
            new (self) Predictor<T>(layers, features, window, params.data());
          },
          "layers"_a, "features"_a, "window"_a, "params"_a.noconvert())
      .def("predict", &predict<T>, "x"_a.none(), "y"_a.none(), "states"_a.none());
}

}  // namespace

void init_predictor(nb::module_& m) {
  define_predictor<float>(m, "Predictor32");
  define_predictor<double>(m, "Predictor64");
}
