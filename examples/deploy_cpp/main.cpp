// Early exit in C++ with ONNX Runtime.
//
//     classify EXPORT seven.pgm ..
//
// EXPORT is a folder that `msdl export` wrote. Images are binary .pgm and .ppm files of the size that the network reads.
// For each a line of JSON says what it is, which exit was sure enough to say so, and how long that took; what lies
// behind that exit is not computed.

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <iterator>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>
#include <onnxruntime_cxx_api.h>

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr int FORMAT_VERSION = 1;

// ---- how sure an exit is: from probabilities to a number from 0 to 1 ----

using Confidence = std::function<double(const std::vector<double>&)>;

double max_softmax(const std::vector<double>& probabilities) {
  return *std::max_element(probabilities.begin(), probabilities.end());
}

double margin(const std::vector<double>& probabilities) {
  std::vector<double> two(std::min<std::size_t>(2, probabilities.size()));
  std::partial_sort_copy(probabilities.begin(), probabilities.end(), two.begin(), two.end(), std::greater<>());
  return two.size() < 2 ? two[0] : two[0] - two[1];
}

double entropy(const std::vector<double>& probabilities) {
  double uncertainty = 0;
  for (double p : probabilities) uncertainty -= p > 0 ? p * std::log(p) : 0;
  const double most = std::log(std::max<std::size_t>(2, probabilities.size()));
  return std::clamp(1 - uncertainty / most, 0.0, 1.0);
}

Confidence confidence_named(const std::string& name) {
  if (name == "max-softmax") return max_softmax;
  if (name == "margin") return margin;
  if (name == "entropy") return entropy;
  throw std::runtime_error("'" + name + "' is no confidence that this program knows.");
}

std::vector<double> softmax(const float* logits, std::size_t classes, double temperature) {
  std::vector<double> powers(logits, logits + classes);
  const double largest = *std::max_element(powers.begin(), powers.end());
  for (double& value : powers) value = std::exp((value - largest) / temperature);
  const double sum = std::accumulate(powers.begin(), powers.end(), 0.0);
  for (double& value : powers) value /= sum;
  return powers;
}

// ---- the network ----

struct Answer {
  std::size_t index;  // of the class
  double confidence;
  std::string exit;
};

// The work between two exits: the image or the state goes in, logits and the new state come out.
struct Section {
  std::string exit;
  std::vector<std::string> inputs, outputs;
  double temperature;  // divides the logits before the confidence is taken
  double threshold;    // an image whose confidence reaches it stops here
  Ort::Session session;

  std::vector<Ort::Value> operator()(const std::vector<Ort::Value>& state) {
    const auto pointers = [](const std::vector<std::string>& names) {
      std::vector<const char*> result;
      for (const auto& name : names) result.push_back(name.c_str());
      return result;
    };
    const auto from = pointers(inputs), to = pointers(outputs);
    return session.Run(Ort::RunOptions{nullptr}, from.data(), state.data(), from.size(), to.data(), to.size());
  }
};

class Network {
 public:
  // All sections share the threads of the environment: pools of their own would wait for each other, spinning, and
  // take several times as long.
  Network(const Ort::Env& env, const fs::path& folder) : manifest_(read(folder)) {
    Ort::SessionOptions options;
    options.DisablePerSessionThreads();
    const Json policy = manifest_.at("policy");
    if (!policy.is_null()) confidence_ = confidence_named(policy.at("confidence"));
    // A policy may end at an earlier exit than the network; without one all images go to the last.
    const std::size_t exits = policy.is_null() ? manifest_.at("exits").size() : policy.at("exits").size();
    for (std::size_t k = 0; k < exits; ++k) {
      const Json& part = manifest_.at("sections").at(k);
      double temperature = 1, threshold = std::numeric_limits<double>::infinity();
      if (!policy.is_null() && !policy.at("temperatures").empty()) temperature = policy.at("temperatures").at(k);
      if (!policy.is_null() && k + 1 < exits && !policy.at("thresholds").at(k).is_null())
        threshold = policy.at("thresholds").at(k);
      const fs::path file = folder / part.at("file").get<std::string>();
      sections_.push_back({part.at("exit"), names(part.at("inputs")), names(part.at("outputs")), temperature, threshold,
                           Ort::Session(env, file.c_str(), options)});
    }
  }

  // The first answer that is sure enough for an image (C, H, W); what lies behind it is not computed.
  Answer operator()(std::vector<float>& image) {
    const auto memory = Ort::MemoryInfo::CreateCpu(OrtArenaAllocator, OrtMemTypeDefault);
    std::vector<std::int64_t> shape{1};
    for (const char* side : {"channels", "height", "width"}) shape.push_back(preprocessing().at(side));
    std::vector<Ort::Value> state;
    state.push_back(
        Ort::Value::CreateTensor<float>(memory, image.data(), image.size(), shape.data(), shape.size()));
    for (auto& section : sections_) {
      auto outputs = section(state);
      const auto classes = outputs[0].GetTensorTypeAndShapeInfo().GetElementCount();
      const float* logits = outputs[0].GetTensorData<float>();
      const double sure = confidence_(softmax(logits, classes, section.temperature));
      if (sure >= section.threshold || &section == &sections_.back()) {
        const auto index = static_cast<std::size_t>(std::max_element(logits, logits + classes) - logits);
        return {index, sure, section.exit};
      }
      state.assign(std::make_move_iterator(outputs.begin() + 1), std::make_move_iterator(outputs.end()));
    }
    throw std::runtime_error("The export has no sections.");
  }

  const Json& preprocessing() const { return manifest_.at("preprocessing"); }
  std::string class_name(std::size_t index) const { return manifest_.at("classes").at(index); }

 private:
  static Json read(const fs::path& folder) {
    std::ifstream file(folder / "manifest.json");
    if (!file) throw std::runtime_error("'" + folder.string() + "' is not an export: it has no manifest.json.");
    Json manifest = Json::parse(file);
    if (manifest.at("format_version") != FORMAT_VERSION || manifest.at("target") != "onnx")
      throw std::runtime_error("'" + folder.string() + "' is no ONNX export that this program reads.");
    if (manifest.at("preprocessing").is_null())
      throw std::runtime_error("'" + folder.string() + "' holds a network that was never trained.");
    return manifest;
  }

  static std::vector<std::string> names(const Json& values) {
    std::vector<std::string> result;
    for (const Json& value : values) result.push_back(value.at("name"));
    return result;
  }

  Json manifest_;
  Confidence confidence_ = max_softmax;
  std::vector<Section> sections_;
};

// ---- images ----

// The next number of a PNM header; comments run from '#' to the end of the line.
std::size_t number(std::istream& file) {
  while ((file >> std::ws).peek() == '#') file.ignore(std::numeric_limits<std::streamsize>::max(), '\n');
  std::size_t value = 0;
  file >> value;
  return value;
}

// A picture as the network reads it, (C, H, W).
std::vector<float> prepared(const std::string& path, const Json& preprocessing) {
  const std::size_t channels = preprocessing.at("channels"), height = preprocessing.at("height"),
                    width = preprocessing.at("width");
  std::ifstream file(path, std::ios::binary);
  std::string kind(2, ' ');
  file.read(kind.data(), 2);
  if (!file || (kind != "P5" && kind != "P6"))
    throw std::runtime_error("'" + path + "' can't be read as a binary .pgm or .ppm.");
  const std::size_t columns = number(file), rows = number(file), largest = number(file);
  if (columns != width || rows != height || largest != 255 || channels != (kind == "P5" ? 1 : 3))
    throw std::runtime_error("'" + path + "' is not of the size or the colours that the network reads.");
  file.get();  // one white space ends the header
  std::vector<unsigned char> pixels(width * height * channels);
  if (!file.read(reinterpret_cast<char*>(pixels.data()), static_cast<std::streamsize>(pixels.size())))
    throw std::runtime_error("'" + path + "' is cut short.");
  std::vector<float> image(pixels.size());
  for (std::size_t c = 0; c < channels; ++c) {
    const float mean = preprocessing.at("mean").at(c), deviation = preprocessing.at("std").at(c);
    for (std::size_t i = 0; i < width * height; ++i)
      image[c * width * height + i] = (pixels[i * channels + c] / 255.0f - mean) / deviation;
  }
  return image;
}

int main(int count, char** arguments) try {
  if (count < 3) throw std::runtime_error("usage: classify EXPORT IMAGE ..");
  Ort::ThreadingOptions threads;  // SetGlobalIntraOpNumThreads(n); as many as the machine has cores otherwise
  const Ort::Env env(static_cast<const OrtThreadingOptions*>(threads), ORT_LOGGING_LEVEL_WARNING, "classify");
  Network network(env, arguments[1]);
  for (int i = 2; i < count; ++i) {
    std::vector<float> image = prepared(arguments[i], network.preprocessing());
    const auto start = std::chrono::steady_clock::now();
    const Answer answer = network(image);
    const std::chrono::duration<double, std::milli> ms = std::chrono::steady_clock::now() - start;
    std::cout << Json{{"image", arguments[i]},
                      {"class", network.class_name(answer.index)},
                      {"confidence", std::round(1e5 * answer.confidence) / 1e5},
                      {"exit", answer.exit},
                      {"ms", std::round(1e3 * ms.count()) / 1e3}}
              << '\n';
  }
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
