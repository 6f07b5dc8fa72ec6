#include "text/json/json_tokenizer.h"

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "io/printable.h"
#include "sotto/engine/chat_template.h"
#include "text/json/post_processor.h"
#include "text/regex.h"
#include "text/special_tokens.h"
#include "text/utf8.h"
#include "text/word_cache.h"

namespace sotto::engine {
namespace {

constexpr std::uintmax_t most_bytes = std::uintmax_t{128} << 20;  // four times the largest that exists
constexpr std::size_t most_gaps = 100'000;                        // ids that nothing has

// Before it is read: what is nested deeply or has far more values than any real file would take gigabytes.
void check_shape(std::string_view text, const std::string& source) {
  constexpr int deepest = 64;
  constexpr std::size_t most_values = 6'000'000;  // the largest real file has 2.5 million
  int depth = 0;
  std::size_t values = 0;
  bool in_text = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_text) {
      if (c == '\\') ++i;
      in_text = c != '"';
      continue;
    }
    in_text = c == '"';
    if (c == '[' || c == '{') ++depth;
    if (c == ']' || c == '}') --depth;
    values += c == ',' || c == '[' || c == '{' ? 1 : 0;
    if (depth > deepest || values > most_values) {
      throw Error(ErrorCode::format,
                  in_quotes(source) + " cannot be used: it is nested too deeply or has too many values.");
    }
  }
}

nlohmann::json parsed_json(std::string_view text, const std::string& source) {
  if (text.size() > most_bytes) {
    throw Error(ErrorCode::format, in_quotes(source) + " cannot be used: its tokenizer is larger than 128 MiB.");
  }
  check_shape(text, source);
  nlohmann::json json = nlohmann::json::parse(text, nullptr, false);
  if (json.is_discarded()) {
    throw Error(ErrorCode::format, in_quotes(source) + " cannot be used: it is not valid JSON.");
  }
  return json;
}

std::string content_of(const std::filesystem::path& file) {
  std::error_code unknown;
  if (std::filesystem::file_size(file, unknown) > most_bytes && !unknown) {
    throw Error(ErrorCode::format, in_quotes(file.filename().string()) + " is too large for a tokenizer (128 MiB).");
  }
  std::ifstream in(file, std::ios::binary);
  std::string text;
  std::string part(std::size_t{1} << 20, '\0');
  while (in.read(part.data(), static_cast<std::streamsize>(part.size())) || in.gcount() > 0) {
    text.append(part, 0, static_cast<std::size_t>(in.gcount()));
    if (text.size() > most_bytes) break;  // a pipe; what is too large is said later
  }
  if (!in.is_open() || in.bad()) throw Error(ErrorCode::io, in_quotes(file.string()) + " cannot be read.");
  return text;
}

// "<s>", or {"content": "<s>", ...}
std::string token_text(const JsonEntry& entry) {
  if (!entry.is_there()) return {};
  return entry.is_object() ? entry.at("content").string_or("") : entry.string();
}

// A token that the model has, too, has the model's id, whatever else the file says.
std::vector<AddedToken> known_to(const JsonModel& model, std::vector<AddedToken> tokens) {
  for (AddedToken& token : tokens) {
    if (const Token id = model.find(token.content); id >= 0) token.id = id;
  }
  return tokens;
}

bool is_shown(std::string_view piece) {
  return std::ranges::any_of(thought_tags(),
                             [&](const ThoughtTags& tags) { return piece == tags.open || piece == tags.close; });
}

}  // namespace

struct JsonTokenizer::Parsed {
  Parsed(std::string_view text, std::string_view config_text, const std::string& name)
      : time(std::min(text.size(), std::size_t{4} << 20)),  // added tokens, which it normalises, are no longer
        source(name),
        json(parsed_json(text, name)),
        config(config_text.empty() ? nlohmann::json::object() : parsed_json(config_text, "tokenizer_config.json")) {
    if (!root().is_object()) throw root().error("is no tokenizer.json");
  }
  [[nodiscard]] JsonEntry root() const { return {json, "", source}; }
  [[nodiscard]] JsonEntry settings() const { return {config, "", config_source}; }

  RegexTime time;  // while the tokenizer is made
  const std::string& source;
  std::string config_source = "tokenizer_config.json";
  nlohmann::json json, config;
};

JsonTokenizer::JsonTokenizer(std::string_view json, std::string_view config, const std::string& source)
    : JsonTokenizer(Parsed(json, config, source)) {}

JsonTokenizer::JsonTokenizer(const Parsed& parsed)
    : normalizer_(parsed.root().at("normalizer")),
      pre_tokenizer_(parsed.root().at("pre_tokenizer")),
      model_(make_json_model(parsed.root().at("model"))),
      decoder_(parsed.root().at("decoder")),
      added_(known_to(*model_, read_added_tokens(parsed.root().at("added_tokens")))),
      raw_(added_, nullptr),
      normalised_(added_, &normalizer_),
      pieces_(model_->pieces()) {
  const std::size_t most_ids = pieces_.size() + added_.size() + most_gaps;
  for (const AddedToken& token : added_) {
    const auto id = static_cast<std::size_t>(token.id);
    if (id >= most_ids) throw parsed.root().at("added_tokens").error("gives a token an impossible id");
    if (id >= pieces_.size()) pieces_.resize(id + 1);
    pieces_[id] = token.normalized ? normalizer_.normalised(token.content) : token.content;
  }
  special_.resize(pieces_.size());
  for (const AddedToken& token : added_) special_[static_cast<std::size_t>(token.id)] = token.special;

  prefix_ = prefix_tokens(parsed.root().at("post_processor"));
  for (const Token token : prefix_) check(token);
  const JsonEntry settings = parsed.settings();
  const auto id_of = [&](std::string_view key) {
    const std::string text = settings.is_object() ? token_text(settings.at(key)) : std::string();
    const auto found = std::ranges::find_if(added_, [&](const AddedToken& token) { return token.content == text; });
    return text.empty() || found == added_.end() ? -1 : found->id;
  };
  bos_ = id_of("bos_token");
  eos_ = id_of("eos_token");
  if (bos_ < 0 && !prefix_.empty()) bos_ = prefix_.front();
  find_ends();
}

JsonTokenizer::JsonTokenizer(std::string_view json, Token bos, Token eos, const std::string& source)
    : JsonTokenizer(json, {}, source) {
  if (bos >= 0) check(bos_ = bos);
  if (eos >= 0) check(eos_ = eos);
  find_ends();
}

void JsonTokenizer::find_ends() {
  ends_.clear();
  if (eos_ >= 0) ends_.push_back(eos_);
  for (const AddedToken& token : added_) {
    if (token.special && is_end_marker(token.content)) ends_.push_back(token.id);
  }
  std::ranges::sort(ends_);
}

void JsonTokenizer::check(Token token) const {
  if (token >= 0 && token < size()) return;
  throw Error(ErrorCode::invalid_argument,
              "There is no token " + std::to_string(token) + "; the vocabulary has " + std::to_string(size()) + ".");
}

bool JsonTokenizer::is_end(Token token) const noexcept { return std::ranges::binary_search(ends_, token); }

bool JsonTokenizer::is_control(Token token) const noexcept {
  return token >= 0 && token < size() && special_[static_cast<std::size_t>(token)];
}

void JsonTokenizer::encode_plain(std::string text, bool at_start, std::vector<Token>& out) const {
  const Words words = pre_tokenizer_.split(std::move(text), at_start);
  WordCache cache(words.text.size());
  for (const Words::Range& range : words.ranges) {
    const std::string_view word = words.word(range);
    cache.append(word, out, [&] { model_->encode(word, out); });
  }
}

void JsonTokenizer::encode_text(std::string_view text, bool in_markup, bool at_start, std::vector<Token>& out) const {
  const std::string normal = normalizer_.normalised(text);
  std::vector<TextRange> markup;
  if (in_markup) markup.push_back({0, normal.size()});
  for (const AddedTokens::Part& part : normalised_.split(normal, markup)) {
    if (part.token >= 0) {
      out.push_back(part.token);
    } else {
      encode_plain(normal.substr(part.begin, part.end - part.begin), at_start && part.begin == 0, out);
    }
  }
}

void JsonTokenizer::encode_run(const PromptRun& run, bool at_start, std::vector<Token>& out) const {
  const auto within_markup = [&](const AddedTokens::Part& part) {
    return std::ranges::any_of(
        run.markup, [&](const TextRange& range) { return part.begin >= range.begin && part.end <= range.end; });
  };
  for (const AddedTokens::Part& part : raw_.split(run.text, run.markup)) {
    if (part.token >= 0) {
      out.push_back(part.token);
    } else {
      encode_text(std::string_view(run.text).substr(part.begin, part.end - part.begin), within_markup(part),
                  at_start && part.begin == 0, out);
    }
  }
}

std::vector<Token> JsonTokenizer::encode(std::span<const Fragment> fragments, bool add_bos) const {
  std::size_t bytes = 0;
  for (const Fragment& fragment : fragments) bytes += fragment.text.size();
  const RegexTime time(bytes);
  std::vector<Token> out;
  PromptRun run;
  bool at_start = true;
  const auto flush = [&] {
    if (run.text.empty()) return;
    encode_run(run, at_start, out);
    at_start = false;
    run = {};
  };
  for (const Fragment& fragment : fragments) {
    if (fragment.kind == Fragment::Kind::tokens) {
      flush();
      for (const Token token : fragment.tokens) check(token);
      out.insert(out.end(), fragment.tokens.begin(), fragment.tokens.end());
      at_start = at_start && fragment.tokens.empty();
    } else if (is_valid_utf8(fragment.text)) {
      run.append(fragment);
    } else {
      run.append({fragment.kind, repaired(fragment.text), {}});
    }
  }
  flush();
  if (add_bos && !prefix_.empty() &&
      !std::ranges::equal(std::span(out).first(std::min(out.size(), prefix_.size())), prefix_)) {
    out.insert(out.begin(), prefix_.begin(), prefix_.end());
  }
  return out;
}

std::string JsonTokenizer::piece(Token token, bool special) const {
  check(token);
  const std::string& piece = pieces_[static_cast<std::size_t>(token)];
  if (special_[static_cast<std::size_t>(token)]) return special || is_shown(piece) ? piece : std::string();
  const RegexTime time(piece.size());
  return decoder_.bytes(piece);
}

std::string JsonTokenizer::decode(std::span<const Token> tokens, bool special) const {
  std::vector<std::string> pieces;
  std::size_t bytes = 0;
  for (const Token token : tokens) {
    check(token);
    const std::string& piece = pieces_[static_cast<std::size_t>(token)];
    if (!special && special_[static_cast<std::size_t>(token)] && !is_shown(piece)) continue;
    pieces.push_back(piece);
    bytes += piece.size();
  }
  const RegexTime time(bytes);
  return decoder_.text(std::move(pieces));
}

std::unique_ptr<const Tokenizer> load_json_tokenizer(const std::filesystem::path& file) {
  const std::filesystem::path beside = file.parent_path() / "tokenizer_config.json";
  std::error_code unknown;
  const std::string config = std::filesystem::is_regular_file(beside, unknown) ? content_of(beside) : std::string();
  return std::make_unique<const JsonTokenizer>(content_of(file), config, file.filename().string());
}

}  // namespace sotto::engine
