#include "storage/database.h"

#include <sqlite3.h>

#include <QtEndian>
#include <limits>
#include <thread>

#include "domain/utf8.h"

namespace sotto::app {
namespace {

constexpr std::chrono::milliseconds busyAtMost{2000};
constexpr std::chrono::milliseconds busyPause{5};

}  // namespace

Database::Database(const QString& path, int flags) : handle_(path.toStdString(), flags) {
  sqlite3_busy_handler(handle_.getHandle(), &Database::waitForOthers, this);
  sqlite3_extended_result_codes(handle_.getHandle(), 1);
  handle_.exec("PRAGMA foreign_keys = ON");
}

// SQLite asks once for each attempt at a lock that another program holds.
int Database::waitForOthers(void* self, int attempt) noexcept {
  auto& database = *static_cast<Database*>(self);
  const Clock::time_point now = Clock::now();
  if (attempt == 0) database.waitingSince_ = now;
  if (now - database.waitingSince_ >= busyAtMost) return 0;
  if (database.deadline_ != nullptr && now.time_since_epoch().count() >= database.deadline_->load()) return 0;
  std::this_thread::sleep_for(busyPause);
  return 1;
}

Database::Query Database::query(const char* sql) {
  auto found = statements_.find(sql);
  if (found == statements_.end()) found = statements_.emplace(sql, SQLite::Statement(handle_, sql)).first;
  return Query(found->second);
}

void Database::setDurability(Durability durability) {
  if (durability_ == durability) return;
  handle_.exec(durability == Durability::full ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
  durability_ = durability;
}

Database::Transaction::Transaction(Database& database, Durability durability)
    : database_(database), outermost_(!database.inTransaction_) {
  if (!outermost_) return;
  database_.setDurability(durability);  // SQLite ignores this within a transaction
  database_.handle_.exec("BEGIN IMMEDIATE");
  database_.inTransaction_ = true;
  database_.innerFailed_ = false;
}

Database::Transaction::~Transaction() {
  if (done_) return;
  if (!outermost_) {
    database_.innerFailed_ = true;
    return;
  }
  database_.inTransaction_ = false;
  database_.handle_.tryExec("ROLLBACK");  // an error such as a full disk may have rolled back already
}

void Database::Transaction::commit() {
  if (outermost_) {
    if (database_.innerFailed_) throw SQLite::Exception("a part of the transaction has failed", SQLITE_ABORT);
    database_.handle_.exec("COMMIT");
    database_.inTransaction_ = false;
  }
  done_ = true;
}

Database::Query::~Query() {
  statement_.tryReset();
  statement_.clearBindings();
}

Database::Query& Database::Query::bind(int index, qint64 value) {
  statement_.bind(index, static_cast<std::int64_t>(value));
  return *this;
}

Database::Query& Database::Query::bind(int index, double value) {
  statement_.bind(index, value);
  return *this;
}

Database::Query& Database::Query::bind(int index, const QString& text) {
  statement_.bind(index, utf8Of(text).toStdString());
  return *this;
}

Database::Query& Database::Query::bindOrNull(int index, const QString& text) {
  if (!text.isEmpty()) return bind(index, text);
  statement_.bind(index);
  return *this;
}

Database::Query& Database::Query::bindBlob(int index, const QByteArray& bytes) {
  if (bytes.size() > std::numeric_limits<int>::max()) throw SQLite::Exception("too big", SQLITE_TOOBIG);
  statement_.bind(index, static_cast<const void*>(bytes.isNull() ? "" : bytes.constData()),
                  static_cast<int>(bytes.size()));
  return *this;
}

Database::Query& Database::Query::bindTime(int index, const QDateTime& time) {
  return bind(index, static_cast<qint64>(time.toMSecsSinceEpoch()));
}

Database::Query& Database::Query::bindSeed(int index, std::optional<quint64> seed) {
  if (!seed) {
    statement_.bind(index);
  } else if (*seed <= static_cast<quint64>(std::numeric_limits<qint64>::max())) {
    bind(index, static_cast<qint64>(*seed));
  } else {
    bind(index, QString::number(*seed));
  }
  return *this;
}

Database::Query& Database::Query::bindId(int index, qint64 id) {
  if (id > 0) return bind(index, id);
  statement_.bind(index);
  return *this;
}

Database::Query& Database::Query::bindTokens(int index, const std::vector<std::int32_t>& tokens) {
  QByteArray bytes(static_cast<qsizetype>(tokens.size() * sizeof(std::int32_t)), Qt::Uninitialized);
  if (!tokens.empty()) {  // an empty vector's data may be null, which memcpy must not see
    qToLittleEndian<std::int32_t>(tokens.data(), static_cast<qsizetype>(tokens.size()), bytes.data());
  }
  return bindBlob(index, bytes);
}

bool Database::Query::isNull(int column) const { return statement_.isColumnNull(column); }
qint64 Database::Query::integer(int column) const { return statement_.getColumn(column).getInt64(); }
double Database::Query::real(int column) const { return statement_.getColumn(column).getDouble(); }

QString Database::Query::text(int column) const {
  const SQLite::Column value = statement_.getColumn(column);
  const char* bytes = value.getText();
  return fromUtf8Whole(QByteArrayView(bytes, value.getBytes()));
}

QByteArray Database::Query::blob(int column) const {
  const SQLite::Column value = statement_.getColumn(column);
  const void* bytes = value.getBlob();
  return QByteArray(static_cast<const char*>(bytes), value.getBytes());
}

QDateTime Database::Query::time(int column) const { return QDateTime::fromMSecsSinceEpoch(integer(column), Qt::UTC); }

std::optional<quint64> Database::Query::seed(int column) const {
  if (isNull(column)) return std::nullopt;
  const SQLite::Column value = statement_.getColumn(column);
  if (value.isInteger()) return static_cast<quint64>(value.getInt64());
  bool ok = false;
  const quint64 seed = text(column).toULongLong(&ok);
  return ok ? std::optional(seed) : std::nullopt;
}

std::vector<std::int32_t> Database::Query::tokens(int column) const {
  const QByteArray bytes = blob(column);
  std::vector<std::int32_t> tokens(static_cast<size_t>(bytes.size()) / sizeof(std::int32_t));
  if (tokens.empty()) return tokens;  // an empty vector's data may be null, which memcpy must not see
  qFromLittleEndian<std::int32_t>(bytes.constData(), static_cast<qsizetype>(tokens.size()), tokens.data());
  return tokens;
}

}  // namespace sotto::app
