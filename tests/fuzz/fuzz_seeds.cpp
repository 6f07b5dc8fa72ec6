// Writes the files that fuzzing begins with: fuzz_seeds FOLDER makes FOLDER/gguf, model, template, tokenizer and
// tokenizer_json.
#include <cstdint>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "sotto/engine/chat_template.h"
#include "support/tiny_model.h"

using namespace sotto::test;

namespace {

void write_containers(const std::filesystem::path& folder) {
  for (const WeightType type :
       {WeightType::f32, WeightType::f16, WeightType::bf16, WeightType::q8_0, WeightType::q4_0, WeightType::q4_1,
        WeightType::q5_0, WeightType::q5_1, WeightType::q4_k, WeightType::q5_k, WeightType::q6_k}) {
    GgufWriter writer(type == WeightType::f16 ? 2 : 3);
    writer.set("general.architecture", "llama").set("flag", true).set("number", 1.5).set("small", std::int8_t{-3});
    writer.set("big", std::uint64_t{1} << 40U).set("tokens", std::vector<std::string>{"<unk>", "a", "<0x0A>"});
    writer.set("scores", std::vector<float>{0, -1, -2}).set("types", std::vector<std::int32_t>{2, 1, 6}).align(8);
    writer.add("a", {256, 1}, std::vector<float>(256, 0.5F), type).add("b", {2, 2}, std::vector<float>(4));
    writer.write(folder / (std::to_string(static_cast<unsigned>(type)) + ".gguf"));
  }
}

void write_models(const std::filesystem::path& folder) {
  TinyShape shape;
  shape.layers = 1;
  shape.embedding = 16;
  shape.heads = 2;
  shape.kv_heads = 1;
  shape.ffn = 8;
  shape.context = 16;
  random_model(shape).write(folder / "random.gguf");
  shape.tied = true;
  random_model(shape)
      .set("llama.rope.scaling.type", "linear")
      .set("llama.rope.scaling.factor", 2.0F)
      .write(folder / "tied.gguf");
  // the vocabularies alone
  const auto without_tensors = [](GgufWriter writer, const std::filesystem::path& path) {
    for (const char* name :
         {"token_embd", "output_norm", "output", "blk.0.attn_norm", "blk.0.ffn_norm", "blk.0.attn_q", "blk.0.attn_k",
          "blk.0.attn_v", "blk.0.attn_output", "blk.0.ffn_gate", "blk.0.ffn_up", "blk.0.ffn_down"}) {
      writer.remove_tensor(std::string(name) + ".weight");
    }
    writer.write(path);
  };
  without_tensors(random_model(shape), folder / "spm.gguf");
  without_tensors(scripted_model(script("Hello there.")), folder / "bpe.gguf");
}

void write_texts(const std::filesystem::path& folder) {
  for (const sotto::engine::TemplateFamily family : sotto::engine::template_families()) {
    write_file(folder / "template" / std::string(family_name(family)), family_template(family));
  }
  int number = 0;
  for (const char* text :
       {"Hello world, it's 12345 \u00E9t\u00E9.", "  a\n\n\tb ", "\u4E2D\u6587\u3002abc ABC", "<box> <|im_end|>"}) {
    for (char kind = 0; kind < 28; ++kind) {
      write_file(folder / "tokenizer" / std::to_string(number++), std::string{kind, 0} + text);
    }
  }
}

// The reference's files, with vocabularies that a fuzzer can turn over.
void write_json(const std::filesystem::path& folder) {
  std::ifstream in(SOTTO_SOURCE_DIR "/tests/data/json_tokenizers.json");
  const nlohmann::json reference = nlohmann::json::parse(in);
  int number = 0;
  for (const nlohmann::json& each : reference.at("tokenizers")) {
    nlohmann::json file = each.at("tokenizer");
    nlohmann::json& model = file["model"];
    model.erase("shared");
    if (model["type"] == "Unigram") {
      model["vocab"] = {{"<unk>", 0.0}, {"\u2581", -2.0}, {"a", -1.0}, {"aa", -1.5}, {"<0xE9>", -9.0}};
      model["unk_id"] = 0;
    } else {
      model["vocab"] = {{"<unk>", 0}, {"a", 1}, {"##a", 2}, {"aa", 3}, {"\u2581", 4}, {"\u0120", 5}, {"<0xE9>", 6}};
    }
    if (model["type"] == "BPE") model["merges"] = {{"a", "a"}};
    write_file(folder / std::to_string(number++), file.dump());
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: fuzz_seeds FOLDER\n", stderr);
    return 1;
  }
  try {
    const std::filesystem::path folder = argv[1];
    for (const char* name : {"gguf", "model", "template", "tokenizer", "tokenizer_json"})
      std::filesystem::create_directories(folder / name);
    write_texts(folder);
    write_json(folder / "tokenizer_json");
    write_containers(folder / "gguf");
    write_models(folder / "model");
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
  return 0;
}
