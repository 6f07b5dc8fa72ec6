// What a transaction promises.
#pragma once

namespace sotto::app {

// How sure a transaction is once it has returned. Both survive kill -9; a power cut may take back `checkpoint` ones.
enum class Durability {
  checkpoint,  // synchronous=NORMAL: parts of a reply that is being written
  full         // synchronous=FULL: messages, ends of replies, settings
};

}  // namespace sotto::app
