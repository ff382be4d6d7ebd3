// Which levels this processor can run. Compiled for the lowest level, so that it can always ask.
#include <nanobind/nanobind.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <string>
#include <vector>

namespace nb = nanobind;

namespace {

std::vector<std::string> supported_levels() {
#if defined(__x86_64__)
  __builtin_cpu_init();
  std::vector<std::string> levels{"v2"};
  const bool v3 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
                  __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2");
  const bool v4 = v3 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                  __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
                  __builtin_cpu_supports("avx512vl");
  if (v3) levels.emplace_back("v3");
  if (v4) levels.emplace_back("v4");
  return levels;
#else
  return {"neon"};
#endif
}

}  // namespace

void init_levels(nb::module_& m) {
  m.def("supported_levels", &supported_levels,
        "Return the instruction-set levels that this processor can run, lowest first.");
}
