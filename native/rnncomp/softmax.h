// Activations over all units of a step (over_units): softmax and its logarithm.
//
// y = exp(x - max(x)) / sum(exp(x - max(x)));  log_softmax: y = x - max(x) - log(sum(...))
#pragma once

#include "rnncomp/simd.h"

namespace rnncomp {

// A panel of `units` rows becomes its activation, lane by lane.
template <class T>
void activate_units(Activation kind, T* panel, int units, int vectors);

// dz from dy and y, panels of `units` rows:
//
// softmax: dz = y * (dy - sum(dy * y));  log_softmax: dz = dy - exp(y) * sum(dy)
template <class T>
void units_gradient(Activation kind, const T* y, const T* dy, T* dz, int units, int vectors);

// The same as activate_units for one row with units side by side; there is room for whole vectors.
template <class T>
void activate_units_of_one(Activation kind, T* row, int units);

}  // namespace rnncomp
