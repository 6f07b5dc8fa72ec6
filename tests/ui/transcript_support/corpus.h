// The replies of tests/ui/data/markdown_corpus.txt and the blocks that they are.
#pragma once

#include <QString>
#include <vector>

struct Snippet {
  QString name;
  QString source;
  QString blocks;  // as dump() writes them
};

[[nodiscard]] std::vector<Snippet> markdownCorpus();
