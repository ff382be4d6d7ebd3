// The extension module of one instruction-set level: rnncomp.kernels._native_<level>.
#include <nanobind/nanobind.h>

namespace nb = nanobind;

void init_engine(nb::module_& m);
void init_levels(nb::module_& m);
void init_predictor(nb::module_& m);

NB_MODULE(RNNCOMP_MODULE, m) {
  // An object that an interactive session still holds when it ends is no leak of ours.
  nb::set_leak_warnings(false);
  init_levels(m);
  init_engine(m);
  init_predictor(m);
}
