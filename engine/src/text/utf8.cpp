#include "text/utf8.h"

namespace sotto::engine {
namespace {

struct Lead {
  std::size_t length;       // 0: no character begins with this byte
  unsigned char low, high;  // range of the second byte
};

constexpr Lead lead_of(unsigned char byte) {
  if (byte < 0x80) return {1, 0, 0};
  if (byte < 0xC2) return {0, 0, 0};
  if (byte < 0xE0) return {2, 0x80, 0xBF};
  if (byte == 0xE0) return {3, 0xA0, 0xBF};
  if (byte == 0xED) return {3, 0x80, 0x9F};
  if (byte < 0xF0) return {3, 0x80, 0xBF};
  if (byte == 0xF0) return {4, 0x90, 0xBF};
  if (byte < 0xF4) return {4, 0x80, 0xBF};
  if (byte == 0xF4) return {4, 0x80, 0x8F};
  return {0, 0, 0};
}

unsigned char byte_at(std::string_view text, std::size_t index) { return static_cast<unsigned char>(text[index]); }

}  // namespace

Utf8Step next_utf8(std::string_view text) noexcept {
  const Lead lead = lead_of(byte_at(text, 0));
  if (lead.length == 0) return {Utf8State::invalid, 1};
  for (std::size_t i = 1; i < lead.length; ++i) {
    if (i == text.size()) return {Utf8State::incomplete, i};
    const unsigned char low = i == 1 ? lead.low : 0x80;
    const unsigned char high = i == 1 ? lead.high : 0xBF;
    if (byte_at(text, i) < low || byte_at(text, i) > high) return {Utf8State::invalid, i};
  }
  return {Utf8State::complete, lead.length};
}

char32_t code_point(std::string_view text, std::size_t length) noexcept {
  constexpr unsigned char lead_bits[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
  char32_t value = static_cast<char32_t>(byte_at(text, 0) & lead_bits[length]);
  for (std::size_t i = 1; i < length; ++i) value = value << 6 | (byte_at(text, i) & 0x3F);
  return value;
}

bool is_valid_utf8(std::string_view text) noexcept {
  while (!text.empty()) {
    const Utf8Step step = next_utf8(text);
    if (step.state != Utf8State::complete) return false;
    text.remove_prefix(step.length);
  }
  return true;
}

void append_utf8(std::string& text, char32_t c) {
  const auto put = [&](char32_t byte) { text.push_back(static_cast<char>(static_cast<unsigned char>(byte))); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xC0 | c >> 6);
    put(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    put(0xE0 | c >> 12);
    put(0x80 | (c >> 6 & 0x3F));
    put(0x80 | (c & 0x3F));
  } else {
    put(0xF0 | c >> 18);
    put(0x80 | (c >> 12 & 0x3F));
    put(0x80 | (c >> 6 & 0x3F));
    put(0x80 | (c & 0x3F));
  }
}

std::string repaired(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const Utf8Step step = next_utf8(text);
    result += step.state == Utf8State::complete ? text.substr(0, step.length) : replacement_character;
    text.remove_prefix(step.length);
  }
  return result;
}

}  // namespace sotto::engine
