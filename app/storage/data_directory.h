// Where Sotto keeps its data: one directory, for its owner's eyes only.
//
//     sotto.db, sotto.db-wal, sotto.db-shm   the database
//     sotto.lock                             held by the process that uses the directory
//     backups/                               the database as it was before a migration
//     damaged-DATE/                          a database that was set aside
#pragma once

#include <QString>

#include "domain/result.h"

namespace sotto::app {

// sotto below the XDG data directory.
[[nodiscard]] QString defaultDataDirectory();

[[nodiscard]] QString databasePath(const QString& dataDir);
[[nodiscard]] QString lockPath(const QString& dataDir);
[[nodiscard]] QString backupsPath(const QString& dataDir);

// Makes the directory (0700) where it is missing, and takes other users' rights away from it and from Sotto's files in
// it. Does nothing else to what is there. A file system without permissions is taken as it is. To be called before the
// lock is taken; Store::open calls it again and so closes the lock file too.
[[nodiscard]] Result<void> prepareDataDirectory(const QString& dataDir);

// Takes away other users' rights: a folder becomes 0700, a file 0600, or less where its owner has forbidden more.
void restrictToOwner(const QString& path);

// Makes a folder 0700, a new file 0600 from its first moment on. False: there is one already, or it cannot be made.
[[nodiscard]] bool makePrivateFolder(const QString& path);
[[nodiscard]] bool makePrivateFile(const QString& path);

}  // namespace sotto::app
