#include "theme/theme.h"

#include <QApplication>
#include <QFontDatabase>
#include <QPalette>
#include <QPointer>
#include <QToolTip>
#include <QWidget>

#include "theme/desktop_scheme.h"
#include "theme/style.h"

namespace sotto::ui {

namespace {

QString firstInstalled(const QStringList& wanted, const QString& otherwise) {
  const QStringList families = QFontDatabase::families();
  for (const QString& family : wanted) {
    if (families.contains(family)) return family;
  }
  return otherwise;
}

QPalette qtPalette(const Palette& p) {
  QPalette q;
  q.setColor(QPalette::Window, p.background);
  q.setColor(QPalette::WindowText, p.text);
  q.setColor(QPalette::Base, p.field);
  q.setColor(QPalette::AlternateBase, p.panel);
  q.setColor(QPalette::Text, p.text);
  q.setColor(QPalette::Button, p.field);
  q.setColor(QPalette::ButtonText, p.text);
  q.setColor(QPalette::BrightText, p.onAccent);
  q.setColor(QPalette::PlaceholderText, p.quietText);
  q.setColor(QPalette::Highlight, p.selection);
  q.setColor(QPalette::HighlightedText, p.text);
  q.setColor(QPalette::Link, p.accent);
  q.setColor(QPalette::LinkVisited, p.accent);
  q.setColor(QPalette::ToolTipBase, p.panel);
  q.setColor(QPalette::ToolTipText, p.text);
  q.setColor(QPalette::Light, p.background);
  q.setColor(QPalette::Midlight, p.panel);
  q.setColor(QPalette::Mid, p.track);
  q.setColor(QPalette::Dark, p.track);
  q.setColor(QPalette::Shadow, p.hairline);
  for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText}) {
    q.setColor(QPalette::Disabled, role, p.quietText);
  }
  return q;
}

}  // namespace

Theme& Theme::instance() {
  static QPointer<Theme> theme;  // belongs to the application, and dies with it
  if (theme.isNull()) {
    theme = new Theme;
    theme->setParent(qApp);
  }
  return *theme;
}

Theme::Theme()
    : textFamily_(firstInstalled({QStringLiteral("Inter"), QStringLiteral("Inter Variable")}, QString())),
      codeFamily_(firstInstalled({QStringLiteral("JetBrains Mono")},
                                 QFontDatabase::systemFont(QFontDatabase::FixedFont).family())) {
  // Asked before install() replaces the application's palette.
  const bool paletteDark = isDark(QGuiApplication::palette());
  auto* scheme = new DesktopScheme(this);
  desktopDark_ = scheme->dark().value_or(paletteDark);
  connect(scheme, &DesktopScheme::changed, this, [this, scheme, paletteDark] {
    desktopDark_ = scheme->dark().value_or(paletteDark);
    apply();
  });
  palette_ = desktopDark_ ? Palette::night() : Palette::light();
}

void Theme::install() {
  if (installed_) return;
  installed_ = true;
  QApplication::setStyle(new Style);
  QApplication::setFont(textFont());
  for (const char* type : {"QAbstractButton", "QMenu", "QLineEdit", "QComboBox", "QAbstractItemView", "QHeaderView"}) {
    QApplication::setFont(textFont(13), type);
  }
  QApplication::setFont(textFont(12), "QTipLabel");
  QApplication::setPalette(qtPalette(palette_));
}

void Theme::setMode(Mode mode) {
  mode_ = mode;
  apply();
}

bool Theme::motion() const { return QApplication::isEffectEnabled(Qt::UI_General); }

void Theme::apply() {
  const bool dark = mode_ == Mode::followDesktop ? desktopDark_ : mode_ == Mode::dark;
  Palette next = dark ? Palette::night() : Palette::light();
  if (next == palette_) return;
  palette_ = next;
  if (installed_) {
    QApplication::setPalette(qtPalette(palette_));
    for (QWidget* widget : QApplication::allWidgets()) widget->update();
  }
  emit changed();
}

QFont Theme::textFont(int px, QFont::Weight weight) const {
  QFont font = textFamily_.isEmpty() ? QFontDatabase::systemFont(QFontDatabase::GeneralFont) : QFont(textFamily_);
  font.setPixelSize(px);
  font.setWeight(weight);
  return font;
}

QFont Theme::codeFont(int px) const {
  QFont font(codeFamily_);
  font.setStyleHint(QFont::Monospace);
  font.setPixelSize(px);
  return font;
}

}  // namespace sotto::ui
