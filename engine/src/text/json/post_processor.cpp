#include "text/json/post_processor.h"

#include <limits>

namespace sotto::engine {
namespace {

Token id_of(const JsonEntry& entry) {
  const std::int64_t id = entry.integer();
  if (id < 0 || id > std::numeric_limits<Token>::max()) throw entry.error("is no id");
  return static_cast<Token>(id);
}

// {"single": [{"SpecialToken": {"id": "<s>"}}, {"Sequence": ...}], "special_tokens": {"<s>": {"ids": [1]}}}
std::vector<Token> of_template(const JsonEntry& entry) {
  std::vector<Token> ids;
  const JsonEntry single = entry.at("single");
  for (std::size_t i = 0; i < single.size(); ++i) {
    const JsonEntry special = single.at(i).at("SpecialToken");
    if (!special.is_there()) break;  // the sequence
    const JsonEntry token = entry.at("special_tokens").at(special.at("id").string());
    if (!token.is_there()) throw special.error("names a token that special_tokens has not");
    const JsonEntry its = token.at("ids");
    for (std::size_t k = 0; k < its.size(); ++k) ids.push_back(id_of(its.at(k)));
  }
  return ids;
}

}  // namespace

std::vector<Token> prefix_tokens(const JsonEntry& entry) {
  std::vector<Token> prefix;
  for (const JsonEntry& each : components(entry, "processors")) {
    std::vector<Token> ids;
    if (each.type() == "TemplateProcessing") {
      ids = of_template(each);
    } else if (each.type() == "BertProcessing" || each.type() == "RobertaProcessing") {
      ids.push_back(id_of(each.at("cls").at(std::size_t{1})));
    } else if (each.type() != "ByteLevel") {  // that one is about offsets
      throw each.unknown_type();
    }
    prefix.insert(prefix.begin(), ids.begin(), ids.end());
  }
  return prefix;
}

}  // namespace sotto::engine
