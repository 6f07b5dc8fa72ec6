#include "theme/icon.h"

#include <QFile>
#include <QHash>
#include <QIconEngine>
#include <QPainter>
#include <QPixmap>
#include <QSvgRenderer>

namespace sotto::ui {

namespace {

class ThemedIconEngine : public QIconEngine {
 public:
  ThemedIconEngine(QByteArray svg, ColorRole role) : svg_(std::move(svg)), role_(role) {}

  void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State) override {
    QColor color = Theme::instance().palette().*role_;
    if (mode == QIcon::Disabled) color.setAlphaF(0.5F);
    QByteArray svg = svg_;
    svg.replace("currentColor", color.name().toLatin1());
    QSvgRenderer renderer(svg);
    painter->save();
    painter->setOpacity(painter->opacity() * static_cast<double>(color.alphaF()));
    renderer.render(painter, rect);
    painter->restore();
  }

  QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override {
    QPixmap pixmap(size);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    paint(&painter, QRect(QPoint(), size), mode, state);
    return pixmap;
  }

  [[nodiscard]] QIconEngine* clone() const override { return new ThemedIconEngine(*this); }

 private:
  QByteArray svg_;  // its strokes in currentColor
  ColorRole role_;
};

}  // namespace

QIcon icon(const QString& name, ColorRole role) {
  static QHash<QString, QByteArray> files;
  auto found = files.find(name);
  if (found == files.end()) {
    QFile file(QStringLiteral(":/icons/%1.svg").arg(name));
    found = files.insert(name, file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray());
  }
  return QIcon(new ThemedIconEngine(found.value(), role));
}

}  // namespace sotto::ui
