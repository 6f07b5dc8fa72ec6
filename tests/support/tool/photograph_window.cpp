// Takes the picture of packaging/screenshot: Sotto's own window over its own engine and database, with the model that
// is given, used as a person would use it, by keys and mouse. Nothing in the conversation is made up.
//     photograph_window MODEL.gguf OUT.png light|dark MESSAGE [MESSAGE...]
// Every message but the last two gets a chat of its own, for the list; the last one's reply is photographed while it is
// being written, after the temperature was moved.
#include <QApplication>
#include <QHash>
#include <QImage>
#include <QScreen>
#include <QTemporaryDir>
#include <QTest>
#include <QTextStream>
#include <algorithm>
#include <stdexcept>

#include "chat/chat_controller.h"
#include "composer/message_edit.h"
#include "conversation_pane.h"
#include "main_window.h"
#include "notice_bar.h"
#include "sampling/value_slider.h"
#include "storage/data_directory.h"
#include "theme/theme.h"

namespace {

using namespace sotto;

constexpr int kPatienceMs = 600'000;
constexpr int kLongest = 60;    // tokens, after which a reply is stopped
constexpr int kMoveAfter = 8;   // tokens of the last reply before the temperature is moved
constexpr int kShowAfter = 40;  // tokens from there to the picture
constexpr QSize kSize(1440, 900);

class Visitor {
 public:
  Visitor(const QString& model, ui::Theme::Mode mode)
      : controller_({.dataDir = data_.path()}),
        window_(&controller_, {.dataDir = data_.path(),
                               .stateFile = data_.filePath(QStringLiteral("window.json")),
                               .model = model,
                               .newChat = true}) {
    ui::Theme::instance().setMode(mode);
    window_.move(0, 0);
    window_.resize(kSize);
    window_.show();
    window_.activateWindow();
    controller_.start();
    waitFor("the window", [this] { return window_.isActiveWindow(); });
    waitFor("the model", [this] {
      if (status().state == app::ModelState::failed) throw std::runtime_error(status().error.toStdString());
      return status().state == app::ModelState::ready;
    });
  }

  void newChat() { press("New chat"); }

  void say(const QString& message) {
    auto* edit = find<ui::MessageEdit>("Message");
    QTest::keyClicks(edit, message);
    QTest::keyClick(edit, Qt::Key_Return);
    waitFor("the reply", [this] { return tokens() > 0 || reply().state != app::MessageState::streaming; });
  }

  // To its end, or to where a reply that finds none is stopped.
  void listen() {
    waitFor("the end of the reply", [this] { return !writing() || tokens() >= kLongest; });
    if (writing()) QTest::keyClick(find<ui::MessageEdit>("Message"), Qt::Key_Escape);
    waitFor("the stop", [this] { return !writing(); });
  }

  void moveTemperature(double to) {
    waitFor("the first tokens", [this] { return !writing() || tokens() >= kMoveAfter; });
    auto* slider = find<ui::ValueSlider>("Temperature");
    const auto thumb = [slider](double amount) {
      constexpr int kEnd = 9;  // px from the slider's end to the middle of the thumb
      const double x = kEnd + (slider->width() - 2 * kEnd) * slider->scale().position(amount);
      return QPoint(qRound(x), slider->height() / 2);
    };
    QTest::mousePress(slider, Qt::LeftButton, {}, thumb(slider->amount()));
    QTest::mouseMove(slider, thumb(to));
    QTest::mouseRelease(slider, Qt::LeftButton, {}, thumb(to));
    const int moved = tokens();
    waitFor("the change", [this] { return !writing() || reply().timeline.size() > 1; });
    waitFor("some more text", [this, moved] { return !writing() || tokens() >= moved + kShowAfter; });
    if (reply().timeline.size() < 2) throw std::runtime_error("The reply was too short to be changed in the middle.");
  }

  [[nodiscard]] QImage photograph() {
    window_.pane()->notice()->dismiss();  // read: what a model without a template does not see
    QApplication::processEvents();
    window_.repaint();
    QGuiApplication::sync();
    return window_.screen()->grabWindow(0, 0, 0, kSize.width(), kSize.height()).toImage();
  }

 private:
  template <class Condition>
  void waitFor(const char* what, Condition condition) {
    if (!QTest::qWaitFor(condition, kPatienceMs)) throw std::runtime_error(std::string("Waited in vain for ") + what);
  }
  template <class T>
  T* find(const char* name) {
    auto* found = window_.findChild<T*>(QLatin1String(name));
    if (found == nullptr) throw std::runtime_error(std::string("The window has no ") + name);
    return found;
  }
  void press(const char* name) { QTest::mouseClick(find<QWidget>(name), Qt::LeftButton); }
  [[nodiscard]] const app::ModelStatus& status() const { return controller_.modelStatus(); }
  [[nodiscard]] const app::Message& reply() const {
    static const app::Message none;
    const app::ConversationTree* tree = controller_.current();
    const app::Message* last = tree != nullptr ? tree->find(tree->activeLeaf()) : nullptr;
    return last != nullptr ? *last : none;
  }
  [[nodiscard]] bool writing() const {
    return controller_.replyStatus(controller_.currentId()).phase != app::ReplyPhase::idle;
  }
  [[nodiscard]] int tokens() const { return controller_.replyStatus(controller_.currentId()).generated; }

  QTemporaryDir data_;
  app::ChatController controller_;
  ui::MainWindow window_;
};

// In the 256 colours that it has most of, which are nearly all: a third of the size.
QImage compact(const QImage& image) {
  QHash<QRgb, int> counts;
  for (int y = 0; y < image.height(); ++y) {
    for (int x = 0; x < image.width(); ++x) ++counts[image.pixel(x, y)];
  }
  QList<QRgb> colors = counts.keys();
  std::sort(colors.begin(), colors.end(), [&](QRgb a, QRgb b) { return counts[a] > counts[b]; });
  colors.resize(std::min<qsizetype>(colors.size(), 256));
  return image.convertToFormat(QImage::Format_Indexed8, colors, Qt::ThresholdDither | Qt::AvoidDither);
}

}  // namespace

int main(int argc, char** argv) {
  QApplication application(argc, argv);
  QTextStream err(stderr);
  const QStringList arguments = QApplication::arguments();
  if (arguments.size() < 6) {
    err << "photograph_window: MODEL.gguf OUT.png light|dark MESSAGE MESSAGE [MESSAGE...]\n";
    return 1;
  }
  const auto mode = arguments[3] == QLatin1String("dark") ? ui::Theme::Mode::dark : ui::Theme::Mode::light;
  const QStringList messages = arguments.mid(4);
  try {
    ui::Theme::instance().install();
    Visitor visitor(arguments[1], mode);
    for (qsizetype i = 0; i + 1 < messages.size(); ++i) {
      if (i > 0) visitor.newChat();
      visitor.say(messages[i]);
      visitor.listen();
    }
    visitor.say(messages.back());
    visitor.moveTemperature(0.35);
    if (!compact(visitor.photograph()).save(arguments[2], "PNG", 0)) {
      err << "photograph_window: " << arguments[2] << " cannot be written.\n";
      return 1;
    }
  } catch (const std::exception& failure) {
    err << "photograph_window: " << failure.what() << '\n';
    return 1;
  }
  return 0;
}
