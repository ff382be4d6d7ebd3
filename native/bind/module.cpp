// The extension module of one instruction-set level: rnncomp.kernels._native_<level>.
#include <nanobind/nanobind.h>

namespace nb = nanobind;

void init_engine(nb::module_& m);
void init_levels(nb::module_& m);
void init_predictor(nb::module_& m);

NB_MODULE(RNNCOMP_MODULE, m) {
  init_levels(m);
  init_engine(m);
  init_predictor(m);
}
