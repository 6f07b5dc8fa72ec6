#include "text/json/models.h"

#include "text/json/model_kinds.h"

namespace sotto::engine {

JsonModel::JsonModel(std::vector<std::string> pieces) : pieces_(std::move(pieces)), index_(pieces_.size()) {
  for (std::size_t id = 0; id < pieces_.size(); ++id) {
    if (!pieces_[id].empty()) index_.insert(pieces_[id], static_cast<Token>(id));
  }
}

std::unique_ptr<const JsonModel> make_json_model(const JsonEntry& entry) {
  if (!entry.is_there()) throw entry.error("is missing");
  const JsonEntry type = entry.at("type");
  // Older files do not say what they are.
  if (!type.is_there()) {
    if (entry.at("merges").is_there()) return make_json_bpe(entry);
    if (entry.at("vocab").is_array()) return make_json_unigram(entry);
    return entry.at("continuing_subword_prefix").is_there() ? make_word_piece(entry) : make_word_level(entry);
  }
  if (type.string() == "BPE") return make_json_bpe(entry);
  if (type.string() == "Unigram") return make_json_unigram(entry);
  if (type.string() == "WordPiece") return make_word_piece(entry);
  if (type.string() == "WordLevel") return make_word_level(entry);
  throw entry.unknown_type();
}

}  // namespace sotto::engine
