#include "transcript/link_prompt.h"

#include <QApplication>
#include <QClipboard>
#include <QCoreApplication>
#include <QMessageBox>
#include <QPushButton>

namespace sotto::ui {

namespace {

struct Words {
  Q_DECLARE_TR_FUNCTIONS(LinkPrompt)
};

bool canBeOpened(const QUrl& url) {
  const QString scheme = url.scheme();
  return url.isValid() && (scheme == u"https" || scheme == u"http" || scheme == u"mailto");
}

}  // namespace

QString shownAddress(const QString& address) {
  const QUrl url(address, QUrl::TolerantMode);
  if (canBeOpened(url)) return QString::fromUtf8(url.toEncoded());
  return QString::fromLatin1(QUrl::toPercentEncoding(address, QByteArrayLiteral("!#$%&'()*+,/:;=?@[]~")));
}

void askToOpen(QWidget* parent, const QString& address, const std::function<void(const QUrl&)>& open) {
  const QUrl url(address, QUrl::TolerantMode);
  const bool allowed = canBeOpened(url);
  auto* box = new QMessageBox(parent);
  box->setObjectName(QStringLiteral("openLink"));
  box->setAttribute(Qt::WA_DeleteOnClose);
  box->setTextFormat(Qt::PlainText);
  box->setText(allowed ? Words::tr("Open this address?") : Words::tr("Sotto opens web and mail addresses only."));
  QString shown = shownAddress(address);
  if (shown.size() > 600) shown = shown.left(600) + QStringLiteral("…");
  // A long address without a blank has to break somewhere.
  for (int i = 72; i < shown.size(); i += 73) shown.insert(i, QChar(u'\n'));
  box->setInformativeText(shown);
  QPushButton* openButton = allowed ? box->addButton(Words::tr("Open"), QMessageBox::AcceptRole) : nullptr;
  QPushButton* copyButton = box->addButton(Words::tr("Copy address"), QMessageBox::ActionRole);
  QPushButton* cancel = box->addButton(Words::tr("Cancel"), QMessageBox::RejectRole);
  box->setDefaultButton(cancel);
  box->setEscapeButton(cancel);
  QObject::connect(box, &QMessageBox::buttonClicked, box, [=](QAbstractButton* button) {
    if (button == copyButton) QApplication::clipboard()->setText(shownAddress(address));
    if (openButton != nullptr && button == openButton) open(url);
  });
  box->open();
}

}  // namespace sotto::ui
