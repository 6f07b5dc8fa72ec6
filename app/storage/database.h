// An open SQLite connection with what the repositories share: transactions that nest, prepared statements kept ready,
// and conversions. Only app/storage, app/presets and app/settings include this. One thread at a time.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include <QByteArray>
#include <QDateTime>
#include <QString>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "storage/durability.h"

namespace sotto::app {

class Database {
 public:
  using Clock = std::chrono::steady_clock;

  // Throws SQLite::Exception. Waits up to two seconds for other programs' locks.
  Database(const QString& path, int flags);
  // Nor longer than to this moment, Clock's ticks, which any thread may move; it must outlive the database.
  void setDeadline(const std::atomic<Clock::rep>* deadline) { deadline_ = deadline; }

  [[nodiscard]] SQLite::Database& handle() { return handle_; }
  [[nodiscard]] qint64 lastInsertId() const { return handle_.getLastInsertRowid(); }
  [[nodiscard]] int changes() const { return handle_.getChanges(); }

  // A prepared statement in use; reset and unbound when it goes out of scope. The same text is compiled once; two uses
  // of it must not overlap.
  class Query {
   public:
    explicit Query(SQLite::Statement& statement) : statement_(statement) {}
    ~Query();
    Query(const Query&) = delete;
    Query& operator=(const Query&) = delete;

    Query& bind(int index, qint64 value);
    Query& bind(int index, int value) { return bind(index, static_cast<qint64>(value)); }
    Query& bind(int index, double value);
    Query& bind(int index, const QString& text);        // UTF-8; what is not Unicode becomes U+FFFD
    Query& bindOrNull(int index, const QString& text);  // empty: NULL
    Query& bindBlob(int index, const QByteArray& bytes);
    Query& bindTime(int index, const QDateTime& time);
    Query& bindSeed(int index, std::optional<quint64> seed);
    Query& bindId(int index, qint64 id);  // 0: NULL
    Query& bindTokens(int index, const std::vector<std::int32_t>& tokens);

    bool step() { return statement_.executeStep(); }  // false: no more rows
    void run() { statement_.exec(); }

    [[nodiscard]] bool isNull(int column) const;
    [[nodiscard]] qint64 integer(int column) const;
    [[nodiscard]] double real(int column) const;
    [[nodiscard]] QString text(int column) const;  // NULL: empty
    [[nodiscard]] QByteArray blob(int column) const;
    [[nodiscard]] QDateTime time(int column) const;  // UTC
    [[nodiscard]] std::optional<quint64> seed(int column) const;
    [[nodiscard]] std::vector<std::int32_t> tokens(int column) const;

   private:
    SQLite::Statement& statement_;
  };
  // `sql` must be a literal, or live as long as the database.
  [[nodiscard]] Query query(const char* sql);

  // Rolls back unless committed. Within another one it is part of that, which can only be committed when this was.
  class Transaction {
   public:
    Transaction(Database& database, Durability durability);
    ~Transaction();
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    void commit();

   private:
    Database& database_;
    bool outermost_;
    bool done_ = false;
  };

 private:
  void setDurability(Durability durability);
  static int waitForOthers(void* self, int attempt) noexcept;

  SQLite::Database handle_;
  Clock::time_point waitingSince_;
  const std::atomic<Clock::rep>* deadline_ = nullptr;
  std::unordered_map<const char*, SQLite::Statement> statements_;
  bool inTransaction_ = false;
  bool innerFailed_ = false;
  std::optional<Durability> durability_;
};

}  // namespace sotto::app
