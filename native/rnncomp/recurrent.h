// What the recurrent layers share: the loop over time, forward and back, in chunks.
#pragma once

#include <algorithm>

#include "rnncomp/gate_dropout.h"
#include "rnncomp/recurrent_step.h"
#include "rnncomp/recurrent_weights.h"

namespace rnncomp {

template <class T>
class Recurrent : public RecurrentWeights<T> {
  using Base = RecurrentWeights<T>;

 public:
  using Base::panel;

  Recurrent(const LayerSpec& spec, int gates, int bias_rows = 1)
      : Base(spec, gates, bias_rows), gate_dropout_(spec, gates) {}

  std::size_t packed_size() const override {
    return 2 * kernels_size() + bias_size_ + gate_dropout_.packed_size();
  }

  void pack(const T* params, T* packed, int part, int parts, bool backward) const override {
    pack_kernels(params, packed, part, parts, backward);
    this->pack_bias(params, packed, part);
    gate_dropout_.pack(params, gate_kernels(packed), part, parts, backward);
  }

  Shape output_shape(Shape in) const override {
    return {this->spec_.return_sequences ? in.steps : 1, U_};
  }

  std::size_t saved_size(int steps, bool keep) const override {
    return panel(U_) * h_slots(steps, keep) + panel(c_rows()) * (keep ? steps + 1 : 2) +
           panel(kept_rows()) * (keep ? steps : 1) +
           (keep && this->spec_.dropout > 0 ? panel(F_) * (steps + 1) : 0) +
           (keep ? gate_dropout_.saved_size() : 0);
  }

  std::size_t scratch_size(int steps) const override {
    const int chunk = chunk_steps(steps);
    return 7 * panel(U_) + WeightGradient<T>::scratch_size(F_ + U_, chunk) +
           gate_dropout_.scratch_size(chunk);
  }

  std::size_t trace_size(int steps) const override { return std::size_t(steps) * trace_rows(); }

  // Slopes that are kept, and what drops, are written for one block at a time.
  bool goes_in_pairs() const override {
    return kPairs<T> && with_slopes(0, 1, 1) == 0 && this->spec_.dropout == 0 &&
           this->spec_.recurrent_dropout == 0;
  }

  Sequence<T> forward(const Forward<T>& call) const override {
    const int steps = call.in.steps;
    const Memory m = memory(call.saved, steps, call.keep, call.in.mask);
    for (const std::ptrdiff_t at : Places(call)) {
      const T* state = call.state ? call.state + at : nullptr;
      set_or_zero(m.h + at, state, panel(U_));
      set_or_zero(m.c + at, state ? state + panel(U_) : nullptr, panel(c_rows()));
    }
    const bool by_gate = gate_dropout_.active(call.noise);
    if (by_gate) gate_dropout_.draw(*call.noise, m.gates);
    if (drops(call.noise)) drop_inputs(call, m);
    const InOrder<T> x = inputs(call.in, m, call.noise);
    const InOrder<T> mask = in_order(call.in.mask, 1, steps);
    StateSlots<T> h = m.h_slots, c = m.c_slots;
    StepForward<T> step{x.first, call.state ? m.h : nullptr, m.c,       h.next(),  c.next(),
                        m.kept,  vectors_of(call, by_gate),  call.keep, call.trace};
    const auto advance = [&] {
      if (step.sums) step.sums = leave_trace(step);
      step.x += x.stride;
      step.h_prev = step.h;
      step.c_prev = step.c;
      step.h = h.next();
      step.c = c.next();
      step.kept += m.kept_stride;
    };
    if (!mask.first && !by_gate) {
      for (int t = 0; t < steps; ++t, advance()) forward_step(call.packed, step);
    } else {
      for (int t = 0; t < steps; ++t, advance()) {
        if (by_gate) {
          step_by_gate(call.packed, step, m.gates);
        } else {
          forward_step(call.packed, step);
        }
        if (!mask.first) continue;
        hold(mask.at(t), step.h_prev ? step.h_prev : m.h, step.h, U_, call.vectors);
        hold(mask.at(t), step.c_prev, step.c, c_rows(), call.vectors);
      }
    }
    const T *h_last = step.h_prev, *c_last = step.c_prev;
    for (const std::ptrdiff_t at : Places(call)) {
      if (!call.end_state) break;
      std::copy_n(h_last + at, panel(U_), call.end_state + at);
      std::copy_n(c_last + at, panel(c_rows()), call.end_state + panel(U_) + at);
    }
    if (this->spec_.return_sequences) return {m.h + panel(U_), call.in.mask, steps};
    return {h_last, nullptr, 1};
  }

  void backward(const Backward<T>& call) const override {
    const int steps = call.in.steps;
    const Memory m = memory(call.saved, steps, true, call.in.mask);
    const InOrder<T> x = inputs(call.in, m, call.noise);
    const int chunk = chunk_steps(steps);
    T* carry = call.scratch;
    const Waiting<T> waiting{carry + 2 * panel(U_), carry + 3 * panel(U_), carry + 4 * panel(U_),
                             carry + 5 * panel(U_)};
    T* gate_room = carry + 6 * panel(U_);
    T* weights_scratch = gate_room + panel(U_) + gate_dropout_.scratch_size(chunk);
    const bool by_gate = gate_dropout_.active(call.noise);
    const bool waits = call.in.mask || by_gate;
    for (const std::ptrdiff_t at : Places(call)) std::fill_n(carry + at, panel(U_), T(0));
    if (waits) std::fill(waiting.dh, waiting.dh + panel(U_), T(0));

    // Weight gradients are formed chunk by chunk, while its inputs and states are near.
    StepBackward<T> step = last_step(call, m);
    for (int end = steps; end > 0;) {
      const int begin = std::max(0, end - chunk);
      if (waits) {
        steps_back_waiting(call, m, waiting, gate_room, begin, end, step);
      } else {
        steps_back(call, m, begin, end, step);
      }
      WeightGradient<T> weights(weights_scratch, end - begin, call.vectors);
      const T* h_prev = m.h + m.h_stride * begin;
      const T* dz = m.kept + m.kept_stride * begin;
      T* gradient = call.gradient;
      if (by_gate) {
        T* bias = bias_gradient(call.gradient);
        gate_dropout_.weights_back(weights, m.gates, x.at(begin), x.stride, h_prev, dz,
                                   m.kept_stride, end - begin, rows_of_gates(), gate_room,
                                   call.gradient, bias,
                                   bias && bias_size_ > width_ ? bias + width_ : nullptr);
      } else {
        for (const std::ptrdiff_t at : Places(call)) {
          weight_gradients(weights, x.at(begin) + at, x.stride, h_prev + at, dz + at, gradient);
          gradient += call.gradient_pair;
        }
      }
      end = begin;
    }
    if (!call.dstate) return;
    if (by_gate) {
      std::copy(waiting.dh, waiting.dh + panel(U_), call.dstate);
      if (c_rows()) {
        std::copy(carry, carry + panel(U_), call.dstate + panel(U_));
      } else {
        add(call.dstate, carry, U_);
      }
      return;
    }
    state_gradient(call.packed, m.kept, carry, call.dstate, call.vectors);
    if (call.in.mask) add(call.dstate, waiting.dh, U_);
  }

 protected:
  using Base::bias_gradient;
  using Base::bias_size_;
  using Base::F_;
  using Base::kernels_size;
  using Base::U_;
  using Base::width_;
  using Base::with_slopes;

  // The kernels by gate of GateDropout lie behind all others.
  template <class P>
  P gate_kernels(P packed) const {
    return packed + 2 * kernels_size() + bias_size_;
  }

  static void scale(T* x, const T* factors, int rows) {
    for (std::size_t k = 0; k < panel(rows); ++k) x[k] *= factors[k];
  }
  virtual void pack_kernels(const T* params, T* packed, int part, int parts,
                            bool backward) const = 0;
  virtual GateRows gate_rows(int gate) const { return {gate, gate}; }
  // One step where every gate drops on its own; `gates` is what GateDropout saved.
  virtual void step_by_gate(const T* packed, const StepForward<T>& step, T* gates) const = 0;

  virtual int c_rows() const { return 0; }  // U in an LSTM
  // What a step keeps beside h and c for its backward step, which writes dz over it: the gradients
  // of the pre-activations. A panel of their own would not fit the second-level cache as well.
  virtual int kept_rows() const = 0;

  // How many panels of U rows, the first of what a step keeps, are gates.
  virtual int gate_panels() const = 0;

  virtual void forward_step(const T* packed, const StepForward<T>& step) const = 0;
  // `spare` is a panel of U rows for the step's own use.
  virtual void backward_step(const T* packed, const StepBackward<T>& step, T* spare) const = 0;
  virtual void input_gradient(const T* packed, const T* dz, T* dx,
                              const Vectors<T>& vectors) const = 0;
  // Panels of x lie x_stride apart. h is of the step before: h[t] belongs to dz[t] as its h_prev.
  virtual void weight_gradients(WeightGradient<T>& weights, const T* x, std::ptrdiff_t x_stride,
                                const T* h_prev, const T* dz, T* gradient) const = 0;
  virtual void state_gradient(const T* packed, const T* dz, const T* carry, T* dstate,
                              int vectors) const = 0;

  GateDropout<T> gate_dropout_;

 private:
  struct Memory {
    T* h;
    T* c;
    T* kept;
    T* factors;  // (F) of dropout
    T* dropped;  // (steps, F) the inputs, in the order of the steps, times the factors
    T* gates;    // of GateDropout
    std::size_t h_stride, c_stride, kept_stride;
    StateSlots<T> h_slots, c_slots;
  };

  std::size_t h_slots(int steps, bool keep) const {
    return keep || this->spec_.return_sequences ? steps + 1 : 2;
  }

  Memory memory(T* saved, int steps, bool keep, bool masked) const {
    Memory m;
    m.h = saved;
    m.c = m.h + panel(U_) * h_slots(steps, keep);
    m.kept = m.c + panel(c_rows()) * (keep ? steps + 1 : 2);
    m.factors = m.kept + panel(kept_rows()) * (keep ? steps : 1);
    m.dropped = m.factors + panel(F_);
    m.gates = m.factors + (this->spec_.dropout > 0 ? panel(F_) * (steps + 1) : 0);
    m.h_stride = panel(U_);
    m.c_stride = keep || masked ? panel(c_rows()) : 0;  // else each c is written over the last
    m.h_slots = {m.h, std::ptrdiff_t(m.h_stride), keep || this->spec_.return_sequences};
    m.c_slots = {m.c, std::ptrdiff_t(m.c_stride), keep};
    m.kept_stride = keep ? panel(kept_rows()) : 0;
    return m;
  }

  // A step of a trace: sums, gates, h, c.
  int trace_rows() const { return width_ + (gate_panels() + 1) * U_ + c_rows(); }

  // Adds gates and states to the sums of a step; returns where the next step goes.
  T* leave_trace(const StepForward<T>& step) const {
    T* at = std::copy_n(step.kept, panel(gate_panels() * U_), step.sums + panel(width_));
    at = std::copy_n(step.h, panel(U_), at);
    return std::copy_n(step.c, panel(c_rows()), at);
  }

  template <class Call>
  static Vectors<T> vectors_of(const Call& call, bool by_gate) {
    if (call.pair) return {2, call.pair};
    return by_gate ? kBlockVectors<T> : call.vectors;
  }

  InOrder<T> in_order(const T* panels, int rows, int steps) const {
    const std::ptrdiff_t stride = panel(rows);
    if (!panels || !this->spec_.go_backwards) return {panels, stride};
    return {panels + stride * (steps - 1), -stride};
  }

  // Whether all gates read the same inputs, of which some are dropped
  bool drops(const Noise* noise) const {
    return noise && this->spec_.dropout > 0 && !gate_dropout_.active(noise);
  }

  InOrder<T> inputs(const Sequence<T>& in, const Memory& m, const Noise* noise) const {
    if (drops(noise)) return {m.dropped, static_cast<std::ptrdiff_t>(panel(F_))};
    return in_order(in.x, F_, in.steps);
  }

  // dropped = x * factors, the same factors in every step
  void drop_inputs(const Forward<T>& call, const Memory& m) const {
    const InOrder<T> x = in_order(call.in.x, F_, call.in.steps);
    draw_factors(*call.noise, Purpose::inputs, this->spec_.dropout, F_, m.factors);
    for (int t = 0; t < call.in.steps; ++t) {
      T* dropped = m.dropped + panel(F_) * t;
      std::copy(x.at(t), x.at(t) + panel(F_), dropped);
      scale(dropped, m.factors, F_);
    }
  }

  StepBackward<T> last_step(const Backward<T>& call, const Memory& m) const {
    const int last = call.in.steps - 1;
    StepBackward<T> step;
    step.h_prev = m.h + m.h_stride * last;
    step.c_prev = m.c + m.c_stride * last;
    step.h = step.h_prev + m.h_stride;
    step.kept = m.kept + m.kept_stride * last;
    step.dy = this->spec_.return_sequences ? call.dy + panel(U_) * last : call.dy;
    step.dz_next = nullptr;
    step.carry = call.scratch;
    step.vectors = vectors_of(call, gate_dropout_.active(call.noise));
    return step;
  }
  void to_previous(const Memory& m, StepBackward<T>& step) const {
    step.h = step.h_prev;
    step.h_prev -= m.h_stride;
    step.c_prev -= m.c_stride;
    step.dz_next = step.kept;
    step.kept -= m.kept_stride;
    step.dy = this->spec_.return_sequences ? step.dy - panel(U_) : nullptr;
  }

  // Steps end - 1 .. begin; leaves `step` at the one before.
  void steps_back(const Backward<T>& call, const Memory& m, int begin, int end,
                  StepBackward<T>& step) const {
    T* spare = step.carry + panel(U_);
    for (int t = end - 1; t >= begin; --t, to_previous(m, step)) {
      backward_step(call.packed, step, spare);
      if (call.dx) input_back(call, m, t, step.kept);
    }
  }

  // The same where dh may skip a step, or where every gate drops on its own.
  void steps_back_waiting(const Backward<T>& call, const Memory& m, const Waiting<T>& waiting,
                          T* gate_room, int begin, int end, StepBackward<T>& next) const {
    const bool by_gate = gate_dropout_.active(call.noise);
    const InOrder<T> mask = in_order(call.in.mask, 1, call.in.steps);
    const T* gate_packed = gate_kernels(call.packed);
    for (int t = end - 1; t >= begin; --t, to_previous(m, next)) {
      StepBackward<T> step = next;
      wait(step, waiting, U_);
      if (by_gate) {
        step.dz_next = nullptr;
        step.candidate_factors = gate_dropout_.h_factors(m.gates, width_ / U_ - 1);
      }
      backward_step(call.packed, step, step.carry + panel(U_));
      if (mask.first) {
        pass(mask.at(t), step, waiting, U_, kept_rows(), c_rows() > 0);
      } else {
        std::fill(waiting.dh, waiting.dh + panel(U_), T(0));
      }
      if (by_gate) {
        gate_dropout_.states_back(gate_packed, m.gates, step.kept, rows_of_gates(), gate_room,
                                  waiting.dh);
      }
      if (!call.dx) continue;
      if (by_gate) {
        gate_dropout_.inputs_back(gate_packed, m.gates, step.kept, rows_of_gates(), gate_room,
                                  dx_at(call, t));
      } else {
        input_back(call, m, t, step.kept);
      }
    }
  }

  T* dx_at(const Backward<T>& call, int t) const {
    return call.dx + panel(F_) * (this->spec_.go_backwards ? call.in.steps - 1 - t : t);
  }
  void input_back(const Backward<T>& call, const Memory& m, int t, const T* dz) const {
    input_gradient(call.packed, dz, dx_at(call, t), vectors_of(call, false));
    if (drops(call.noise)) scale(dx_at(call, t), m.factors, F_);
  }
  auto rows_of_gates() const {
    return [this](int gate) { return gate_rows(gate); };
  }

  static void add(T* x, const T* y, int rows) {
    for (std::size_t k = 0; k < panel(rows); ++k) x[k] += y[k];
  }

  // Steps whose inputs and states, which the weight gradients read over and over, stay in the
  // second-level cache, evened out over the window. Longer chunks sum across lanes less often.
  int chunk_steps(int steps) const {
    const int most = static_cast<int>(kSecondCache / (panel(F_ + U_) * sizeof(T)));
    const int limit = std::clamp(most, 16, 64);
    const int chunks = (steps + limit - 1) / limit;
    return (steps + chunks - 1) / chunks;
  }
};

}  // namespace rnncomp
