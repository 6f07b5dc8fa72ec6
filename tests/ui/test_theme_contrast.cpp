// Text can be read: WCAG 2.1's contrast of every text role on every ground that it stands on.
#include <QTest>
#include <cmath>

#include "theme/theme.h"

using namespace sotto::ui;

namespace {

double channel(double value) { return value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4); }

double luminance(const QColor& color) {
  return 0.2126 * channel(color.redF()) + 0.7152 * channel(color.greenF()) + 0.0722 * channel(color.blueF());
}

double contrast(const QColor& a, const QColor& b) {
  const double la = luminance(a);
  const double lb = luminance(b);
  return (std::max(la, lb) + 0.05) / (std::min(la, lb) + 0.05);
}

QColor over(const QColor& top, const QColor& ground) {
  const double a = static_cast<double>(top.alphaF());
  const auto mix = [a](int t, int g) { return static_cast<int>(std::lround(t * a + g * (1 - a))); };
  return {mix(top.red(), ground.red()), mix(top.green(), ground.green()), mix(top.blue(), ground.blue())};
}

struct Role {
  const char* name;
  ColorRole role;
};

const Role kBackground{"background", &Palette::background}, kSide{"side", &Palette::side},
    kPanel{"panel", &Palette::panel}, kBubble{"userBubble", &Palette::userBubble}, kCode{"code", &Palette::code},
    kField{"field", &Palette::field}, kSoft{"accentSoft", &Palette::accentSoft},
    kSelection{"selection", &Palette::selection};

struct Use {
  Role text;
  std::vector<Role> grounds;
  std::vector<Role> hovered;  // grounds that also occur with the pointer over them
};

std::vector<Use> uses() {
  return {
      {{"text", &Palette::text},
       {kBackground, kSide, kPanel, kBubble, kCode, kField, kSoft, kSelection},
       {kBackground, kSide, kPanel, kField, kSoft}},
      {{"secondaryText", &Palette::secondaryText},
       {kBackground, kSide, kPanel, kBubble, kCode, kSoft},
       {kBackground, kSide, kPanel, kSoft}},
      {{"quietText", &Palette::quietText},
       {kBackground, kSide, kPanel, kBubble, kCode, kField},
       {kBackground, kSide, kPanel}},
      {{"accent", &Palette::accent}, {kBackground, kPanel, kBubble, kCode, kSide}, {kBackground}},
      {{"caution", &Palette::caution}, {kBackground, kPanel, kBubble, kCode, kSide}, {}},
      {{"onAccent", &Palette::onAccent}, {{"accent", &Palette::accent}}, {}},
      {{"background on the primary button", &Palette::background}, {{"text", &Palette::text}}, {}},
      {{"codeKeyword", &Palette::codeKeyword}, {kCode}, {}},
      {{"codeString", &Palette::codeString}, {kCode}, {}},
      {{"codeComment", &Palette::codeComment}, {kCode}, {}},
      {{"codeNumber", &Palette::codeNumber}, {kCode}, {}},
  };
}

}  // namespace

class ThemeContrast : public QObject {
  Q_OBJECT
 private slots:
  void contrastIsComputedAsWcagSays() {
    QVERIFY(std::abs(contrast(Qt::white, Qt::black) - 21.0) < 1e-6);
    QVERIFY(std::abs(contrast(QColor(0x77, 0x77, 0x77), Qt::white) - 4.48) < 0.005);
  }

  void everyTextRoleMeetsAaOnEveryGround_data() {
    QTest::addColumn<bool>("dark");
    QTest::addRow("light") << false;
    QTest::addRow("dark") << true;
  }

  void everyTextRoleMeetsAaOnEveryGround() {
    QFETCH(bool, dark);
    const Palette palette = dark ? Palette::night() : Palette::light();
    QStringList weak;
    const auto check = [&](const Role& text, const Role& ground, bool hovered) {
      QColor under = palette.*ground.role;
      if (hovered) under = over(palette.hover, under);
      const double ratio = contrast(palette.*text.role, under);
      if (ratio < 4.5) {
        weak << QStringLiteral("%1 on %2%3: %4").arg(text.name, ground.name, hovered ? " hovered" : "").arg(ratio);
      }
    };
    for (const Use& use : uses()) {
      for (const Role& ground : use.grounds) check(use.text, ground, false);
      for (const Role& ground : use.hovered) check(use.text, ground, true);
    }
    QVERIFY2(weak.isEmpty(), qPrintable(weak.join(QStringLiteral("; "))));
  }

  // What is not text but has to be seen: WCAG's 3:1 for the parts of controls.
  void slidersAndDotsMeetThreeToOne() {
    for (const Palette& p : {Palette::light(), Palette::night()}) {
      for (const QColor& ground : {p.background, p.panel, p.side}) {
        QVERIFY(contrast(p.accent, ground) >= 3.0);
        QVERIFY(contrast(p.caution, ground) >= 3.0);
        QVERIFY(contrast(p.failure, ground) >= 3.0);
      }
    }
  }
};

QTEST_GUILESS_MAIN(ThemeContrast)
#include "test_theme_contrast.moc"
