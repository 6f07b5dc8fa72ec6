#include "domain/utf8.h"

namespace sotto::app {

QByteArray utf8Of(const QString& text) {
  if (text.isValidUtf16()) return text.toUtf8();
  QString whole = text;
  for (qsizetype i = 0; i < whole.size(); ++i) {
    if (!whole[i].isSurrogate()) continue;
    if (whole[i].isHighSurrogate() && i + 1 < whole.size() && whole[i + 1].isLowSurrogate()) {
      ++i;
    } else {
      whole[i] = QChar::ReplacementCharacter;
    }
  }
  return whole.toUtf8();
}

QString fromUtf8Whole(QByteArrayView bytes) {
  constexpr QByteArrayView mark("\xef\xbb\xbf");
  QString marks;
  while (bytes.startsWith(mark)) {
    marks += QChar(QChar::ByteOrderMark);
    bytes = bytes.sliced(mark.size());
  }
  return marks.isEmpty() ? QString::fromUtf8(bytes) : marks + QString::fromUtf8(bytes);
}

}  // namespace sotto::app
