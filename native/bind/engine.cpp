// Engine<T> for Python: check sizes and row numbers, release the GIL, wait for a turn, call.
#include "rnncomp/engine.h"

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <map>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>

namespace nb = nanobind;
using namespace nb::literals;
using namespace rnncomp;

namespace {

template <class T, int kDims>
using In = nb::ndarray<const T, nb::ndim<kDims>, nb::c_contig, nb::device::cpu>;
template <class T, int kDims>
using Out = nb::ndarray<T, nb::ndim<kDims>, nb::c_contig, nb::device::cpu>;
template <class T>
using Strided = nb::ndarray<const T, nb::ndim<2>, nb::device::cpu>;

void require(bool holds, const char* rule) {
  if (!holds) throw std::invalid_argument(rule);
}

template <class E>
E named(const std::map<std::string, E>& names, const std::string& name) {
  const auto found = names.find(name);
  if (found == names.end()) throw std::invalid_argument("unknown name: " + name);
  return found->second;
}

const std::map<std::string, Kind> kKinds{{"simple_rnn", Kind::simple_rnn},
                                         {"lstm", Kind::lstm},
                                         {"gru", Kind::gru},
                                         {"dense", Kind::dense},
                                         {"activation", Kind::activation},
                                         {"dropout", Kind::dropout},
                                         {"masking", Kind::masking},
                                         {"embedding", Kind::embedding},
                                         {"repeat_vector", Kind::repeat_vector},
                                         {"flatten", Kind::flatten},
                                         {"bidirectional", Kind::bidirectional}};
const std::map<std::string, Merge> kMerges{
    {"concat", Merge::concat}, {"sum", Merge::sum}, {"mul", Merge::mul}, {"ave", Merge::ave}};
const std::map<std::string, Activation> kActivations{{"tanh", Activation::tanh},
                                                     {"sigmoid", Activation::sigmoid},
                                                     {"hard_sigmoid", Activation::hard_sigmoid},
                                                     {"relu", Activation::relu},
                                                     {"linear", Activation::linear},
                                                     {"relu6", Activation::relu6},
                                                     {"leaky_relu", Activation::leaky_relu},
                                                     {"elu", Activation::elu},
                                                     {"selu", Activation::selu},
                                                     {"celu", Activation::celu},
                                                     {"exponential", Activation::exponential},
                                                     {"softsign", Activation::softsign},
                                                     {"hard_shrink", Activation::hard_shrink},
                                                     {"soft_shrink", Activation::soft_shrink},
                                                     {"hard_tanh", Activation::hard_tanh},
                                                     {"hard_silu", Activation::hard_silu},
                                                     {"silu", Activation::silu},
                                                     {"gelu", Activation::gelu},
                                                     {"mish", Activation::mish},
                                                     {"softplus", Activation::softplus},
                                                     {"log_sigmoid", Activation::log_sigmoid},
                                                     {"tanh_shrink", Activation::tanh_shrink},
                                                     {"squareplus", Activation::squareplus},
                                                     {"sparse_plus", Activation::sparse_plus},
                                                     {"sparse_sigmoid", Activation::sparse_sigmoid},
                                                     {"softmax", Activation::softmax},
                                                     {"log_softmax", Activation::log_softmax}};
const std::map<std::string, LossKind> kLosses{
    {"mse", LossKind::mse},
    {"mae", LossKind::mae},
    {"mape", LossKind::mape},
    {"msle", LossKind::msle},
    {"huber", LossKind::huber},
    {"log_cosh", LossKind::log_cosh},
    {"quantile", LossKind::quantile},
    {"binary_crossentropy", LossKind::binary_crossentropy},
    {"categorical_crossentropy", LossKind::categorical_crossentropy},
    {"sparse_categorical_crossentropy", LossKind::sparse_categorical_crossentropy},
    {"cosine_similarity", LossKind::cosine_similarity},
    {"binary_accuracy", LossKind::binary_accuracy},
    {"categorical_accuracy", LossKind::categorical_accuracy},
    {"sparse_categorical_accuracy", LossKind::sparse_categorical_accuracy},
    {"top_k_categorical_accuracy", LossKind::top_k_categorical_accuracy},
    {"sparse_top_k_categorical_accuracy", LossKind::sparse_top_k_categorical_accuracy}};
const std::map<std::string, Reduction> kReductions{
    {"sum_over_batch_size", Reduction::sum_over_batch_size},
    {"sum", Reduction::sum},
    {"mean_with_sample_weight", Reduction::mean_with_sample_weight},
    {"metric", Reduction::metric},
    {"weighted_metric", Reduction::weighted_metric}};
const std::map<std::string, Rule> kRules{{"sgd", Rule::sgd},
                                         {"rmsprop", Rule::rmsprop},
                                         {"adagrad", Rule::adagrad},
                                         {"adam", Rule::adam},
                                         {"nadam", Rule::nadam}};
const std::map<std::string, Clip> kClips{{"none", Clip::none},
                                         {"value", Clip::value},
                                         {"norm", Clip::norm},
                                         {"global_norm", Clip::global_norm}};

template <class T>
Samples<T> view(const Engine<T>& engine, const In<T, 2>& base, const In<std::int64_t, 1>& starts,
                int window) {
  require(window >= 1, "window must be at least 1");
  require(base.shape(1) == std::size_t(engine.network().features()), "base has other features");
  return {base.data(), starts.data(), static_cast<std::int64_t>(starts.shape(0)), window,
          static_cast<int>(base.shape(1))};
}

// Every window that will be read lies inside the series: nothing else keeps a kernel in bounds.
template <class T>
void check_start(const Samples<T>& samples, std::int64_t series_rows, std::int64_t row) {
  require(row >= 0 && row < samples.n, "a row number is outside the samples");
  const std::int64_t start = samples.starts[row];
  require(start >= 0 && start <= series_rows - samples.window, "a window leaves the series");
}

// An array (n, columns), or null.
template <class A>
auto* rows_of(const std::optional<A>& array, std::size_t n, std::size_t columns, const char* rule) {
  if (array) require(array->shape(0) == n && array->shape(1) == columns, rule);
  return array ? array->data() : nullptr;
}

template <class T>
Extra<T> extra_of(const Engine<T>& engine, const Samples<T>& samples,
                  const std::optional<In<T, 2>>& states, const std::optional<In<T, 2>>& mask) {
  const std::size_t n = samples.n;
  Extra<T> extra;
  extra.states = rows_of(states, n, engine.network().state_size(), "states must be (samples, S)");
  extra.mask = rows_of(mask, n, samples.window, "mask must be (samples, window)");
  return extra;
}

template <class T>
void predict(Engine<T>& engine, In<T, 1> params, In<T, 2> base, In<std::int64_t, 1> starts,
             int window, std::optional<In<T, 2>> states, std::optional<In<T, 2>> mask,
             std::optional<Out<T, 2>> ends, Out<T, 2> y) {
  const Samples<T> samples = view(engine, base, starts, window);
  require(params.size() == engine.network().n_params(), "params has another size");
  for (std::int64_t n = 0; n < samples.n; ++n) check_start(samples, base.shape(0), n);
  require(y.shape(0) == std::size_t(samples.n), "y needs one row a sample");
  require(y.shape(1) == std::size_t(engine.network().outputs(window)), "y has other outputs");
  Extra<T> extra = extra_of(engine, samples, states, mask);
  extra.ends = rows_of(ends, samples.n, engine.network().state_size(), "ends must be (samples, S)");
  std::mutex& turn = engine.turn();
  nb::gil_scoped_release unlocked;
  const std::lock_guard<std::mutex> mine(turn);
  engine.predict(params.data(), samples, extra, y.data());
}

template <class T>
void trace(Engine<T>& engine, In<T, 1> params, In<T, 2> base, In<std::int64_t, 1> starts,
           int window, std::optional<In<T, 2>> states, std::optional<In<T, 2>> mask,
           Out<T, 2> trace) {
  const Samples<T> samples = view(engine, base, starts, window);
  require(params.size() == engine.network().n_params(), "params has another size");
  for (std::int64_t n = 0; n < samples.n; ++n) check_start(samples, base.shape(0), n);
  require(trace.shape(0) == std::size_t(samples.n), "trace needs one row a sample");
  require(trace.shape(1) == engine.network().trace_size(window), "trace has other columns");
  const Extra<T> extra = extra_of(engine, samples, states, mask);
  std::mutex& turn = engine.turn();
  nb::gil_scoped_release unlocked;
  const std::lock_guard<std::mutex> mine(turn);
  engine.trace(params.data(), samples, extra, trace.data());
}

template <class T>
void vjp(Engine<T>& engine, In<T, 1> params, In<T, 2> base, In<std::int64_t, 1> starts, int window,
         std::optional<In<T, 2>> states, std::optional<In<T, 2>> mask,
         std::optional<std::pair<std::uint64_t, std::int64_t>> noise, In<T, 2> dy, Out<T, 2> y,
         Out<T, 3> dx, Out<T, 1> dparams, Out<T, 2> dstates) {
  const Samples<T> samples = view(engine, base, starts, window);
  const std::size_t n = samples.n;
  const std::size_t outputs = engine.network().outputs(window);
  require(params.size() == engine.network().n_params(), "params has another size");
  for (std::int64_t k = 0; k < samples.n; ++k) check_start(samples, base.shape(0), k);
  require(dy.shape(0) == n && dy.shape(1) == outputs, "dy must be (samples, outputs)");
  require(y.shape(0) == n && y.shape(1) == outputs, "y must be (samples, outputs)");
  require(dx.size() == n * window * base.shape(1), "dx must be (samples, window, features)");
  require(dparams.size() == params.size(), "dparams has another size");
  require(dstates.shape(0) == n && dstates.shape(1) == std::size_t(engine.network().state_size()),
          "dstates must be (samples, states)");
  Extra<T> extra = extra_of(engine, samples, states, mask);
  const Noise drawn = noise ? Noise{noise->first, noise->second, 0, 0} : Noise{};
  if (noise) extra.noise = &drawn;
  std::mutex& turn = engine.turn();
  nb::gil_scoped_release unlocked;
  const std::lock_guard<std::mutex> mine(turn);
  engine.vjp(params.data(), samples, extra, dy.data(), y.data(), dx.data(), dparams.data(),
             dstates.data());
}

// What has a factor that is not zero, of one l1 and one l2 for each kernel and bias, or none at
// all.
template <class T>
std::vector<Penalty> penalties_of(const Engine<T>& engine, const std::vector<double>& l1,
                                  const std::vector<double>& l2) {
  const std::vector<std::size_t>& ends = engine.network().weight_ends();
  require(l1.size() == l2.size() && (l1.empty() || l1.size() == ends.size()),
          "l1 and l2 need one number a weight, or none");
  std::vector<Penalty> found;
  for (std::size_t k = 0; k < l1.size(); ++k) {
    if (l1[k] != 0 || l2[k] != 0) found.push_back({k ? ends[k - 1] : 0, ends[k], l1[k], l2[k]});
  }
  return found;
}

void check_loss(const LossSpec& loss, int outputs, std::size_t targets) {
  require(outputs % loss.width == 0, "a loss has another width than the outputs");
  require(targets == std::size_t(outputs / loss.width) * loss.target_width(),
          "targets has other numbers than the loss reads");
}

template <class T>
void train(Engine<T>& engine, Out<T, 1> params, Out<T, 2> slots, In<T, 2> base,
           In<std::int64_t, 1> starts, int window, Strided<T> targets, In<std::int64_t, 2> rows,
           int batch_size, std::int64_t iteration, std::optional<Out<T, 2>> states,
           std::uint64_t seed, In<double, 1> learning_rates, std::optional<Strided<T>> weights,
           const LossSpec& loss, const std::vector<LossSpec>& metrics,
           const OptimizerSpec& optimizer, const std::vector<double>& l1,
           const std::vector<double>& l2, Out<double, 3> report) {
  const Samples<T> samples = view(engine, base, starts, window);
  const std::size_t n_params = engine.network().n_params();
  const std::size_t n_slots = slots_of(optimizer);
  require(params.size() == n_params, "params has another size");
  require(slots.shape(0) == n_slots && (n_slots == 0 || slots.shape(1) == n_params),
          "slots must be (optimizer slots, parameters)");
  require(batch_size >= 1, "batch_size must be at least 1");
  const std::size_t batches = rows.shape(0) * ((rows.shape(1) + batch_size - 1) / batch_size);
  require(learning_rates.size() == batches, "learning_rates needs one a batch");
  require(
      report.shape(0) == batches && report.shape(1) == 1 + metrics.size() && report.shape(2) == 2,
      "report must be (batches, 1 + metrics, 2)");
  require(targets.shape(0) == std::size_t(samples.n), "targets needs one row a sample");
  const int outputs = engine.network().outputs(window);
  require(loss.is_loss(), "a metric cannot be the loss");
  check_loss(loss, outputs, targets.shape(1));
  for (const LossSpec& metric : metrics) {
    check_loss(metric, outputs, targets.shape(1));
    require(!weights || metric.width == loss.width, "weighted groups differ");
  }
  if (weights) {
    require(weights->shape(0) == std::size_t(samples.n), "weights needs one row a sample");
    require(weights->shape(1) == std::size_t(outputs / loss.width), "weights has other groups");
  }
  for (std::size_t k = 0; k < rows.size(); ++k) {
    check_start(samples, base.shape(0), rows.data()[k]);
  }
  const Training<T> job{
      samples,
      {targets.data(), targets.stride(0), targets.stride(1)},
      {weights ? weights->data() : nullptr, weights ? weights->stride(0) : 0,
       weights ? weights->stride(1) : 0},
      rows.data(),
      static_cast<std::int64_t>(rows.shape(0)),
      static_cast<std::int64_t>(rows.shape(1)),
      batch_size,
      rows_of(states, batch_size, engine.network().state_size(), "states must be (batch_size, S)"),
      seed,
      iteration,
      learning_rates.data(),
      loss,
      metrics,
      optimizer,
      penalties_of(engine, l1, l2)};
  std::mutex& turn = engine.turn();
  nb::gil_scoped_release unlocked;
  const std::lock_guard<std::mutex> mine(turn);
  engine.train(params.data(), slots.data(), job, report.data());
}

template <class T>
void define_engine(nb::module_& m, const char* name) {
  nb::class_<Engine<T>>(m, name)
      .def(nb::init<const std::vector<LayerSpec>&, int, int>(), "layers"_a, "features"_a,
           "threads"_a)
      .def_prop_ro("n_params", [](const Engine<T>& e) { return e.network().n_params(); })
      .def("outputs", [](const Engine<T>& e, int window) { return e.network().outputs(window); })
      .def("predict", &predict<T>, "params"_a.noconvert(), "base"_a.noconvert(),
           "starts"_a.noconvert(), "window"_a, "states"_a.noconvert().none(),
           "mask"_a.noconvert().none(), "ends"_a.noconvert().none(), "y"_a.noconvert())
      .def("trace_size",
           [](const Engine<T>& e, int window) { return e.network().trace_size(window); })
      .def("trace", &trace<T>, "params"_a.noconvert(), "base"_a.noconvert(), "starts"_a.noconvert(),
           "window"_a, "states"_a.noconvert().none(), "mask"_a.noconvert().none(),
           "trace"_a.noconvert())
      .def("vjp", &vjp<T>, "params"_a.noconvert(), "base"_a.noconvert(), "starts"_a.noconvert(),
           "window"_a, "states"_a.noconvert().none(), "mask"_a.noconvert().none(), "noise"_a.none(),
           "dy"_a.noconvert(), "y"_a.noconvert(), "dx"_a.noconvert(), "dparams"_a.noconvert(),
           "dstates"_a.noconvert())
      .def("train", &train<T>, "params"_a.noconvert(), "slots"_a.noconvert(), "base"_a.noconvert(),
           "starts"_a.noconvert(), "window"_a, "targets"_a.noconvert(), "rows"_a.noconvert(),
           "batch_size"_a, "iteration"_a, "states"_a.noconvert().none(), "seed"_a,
           "learning_rates"_a.noconvert(), "weights"_a.noconvert().none(), "loss"_a, "metrics"_a,
           "optimizer"_a, "l1"_a, "l2"_a, "report"_a.noconvert());
}

}  // namespace

void init_engine(nb::module_& m) {
  nb::class_<LayerSpec>(m, "LayerSpec")
      .def(
          "__init__",
          [](LayerSpec* self, const std::string& kind, int inputs, int units,
             const std::string& activation, const std::string& recurrent_activation, bool use_bias,
             bool reset_after, bool return_sequences, bool go_backwards, double dropout,
             double recurrent_dropout, double mask_value, bool mask_zero, int count,
             const std::string& merge, const std::vector<LayerSpec>& children) {
            require(inputs >= 1 && units >= 1 && count >= 1, "sizes must be at least 1");
            require(kind != "bidirectional" || children.size() == 2, "two layers are needed");
            new (self) LayerSpec{named(kKinds, kind),
                                 inputs,
                                 units,
                                 named(kActivations, activation),
                                 named(kActivations, recurrent_activation),
                                 use_bias,
                                 reset_after,
                                 return_sequences,
                                 go_backwards,
                                 dropout,
                                 recurrent_dropout,
                                 mask_value,
                                 mask_zero,
                                 count,
                                 named(kMerges, merge),
                                 children};
          },
          nb::kw_only(), "kind"_a, "inputs"_a, "units"_a = 1, "activation"_a = "linear",
          "recurrent_activation"_a = "sigmoid", "use_bias"_a = true, "reset_after"_a = true,
          "return_sequences"_a = false, "go_backwards"_a = false, "dropout"_a = 0.0,
          "recurrent_dropout"_a = 0.0, "mask_value"_a = 0.0, "mask_zero"_a = false, "count"_a = 1,
          "merge"_a = "concat", "children"_a = std::vector<LayerSpec>());
  nb::class_<LossSpec>(m, "LossSpec")
      .def(
          "__init__",
          [](LossSpec* self, const std::string& kind, const std::string& reduction, int width,
             double delta, bool from_logits, double label_smoothing,
             const std::vector<double>& quantiles, double threshold, int k) {
            const LossSpec loss{named(kLosses, kind),
                                named(kReductions, reduction),
                                width,
                                delta,
                                from_logits,
                                label_smoothing,
                                quantiles,
                                threshold,
                                k};
            require(width >= 1, "width must be at least 1");
            require(loss.kind != LossKind::quantile ||
                        (!quantiles.empty() && width % int(quantiles.size()) == 0),
                    "width must be a multiple of the quantiles");
            new (self) LossSpec(loss);
          },
          nb::kw_only(), "kind"_a, "reduction"_a, "width"_a, "delta"_a, "from_logits"_a,
          "label_smoothing"_a, "quantiles"_a, "threshold"_a, "k"_a);
  nb::class_<OptimizerSpec>(m, "OptimizerSpec")
      .def(
          "__init__",
          [](OptimizerSpec* self, const std::string& kind, double beta_1, double beta_2, double rho,
             double epsilon, double momentum, bool nesterov, bool centered, bool amsgrad,
             double weight_decay, const std::string& clip, double clip_at) {
            new (self) OptimizerSpec{named(kRules, kind),
                                     beta_1,
                                     beta_2,
                                     rho,
                                     epsilon,
                                     momentum,
                                     nesterov,
                                     centered,
                                     amsgrad,
                                     weight_decay,
                                     named(kClips, clip),
                                     clip_at};
          },
          nb::kw_only(), "kind"_a, "beta_1"_a, "beta_2"_a, "rho"_a, "epsilon"_a, "momentum"_a,
          "nesterov"_a, "centered"_a, "amsgrad"_a, "weight_decay"_a, "clip"_a, "clip_at"_a);
  define_engine<float>(m, "Engine32");
  define_engine<double>(m, "Engine64");
}
