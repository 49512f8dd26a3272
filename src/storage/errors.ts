/** What can go wrong with the database, as codes `MC_STORAGE_*`. */
import { defineErrors } from '../core/errors.ts';

export const storageErrors = defineErrors('STORAGE', {
  CONFLICT: {
    kind: 'transient',
    summary: 'A write changed another number of rows than it had to; the whole batch was rolled back.',
    hint: 'Somebody else changed the same data first. Read it again and repeat the request.',
  },
  CONSTRAINT: {
    kind: 'permanent',
    summary: 'A write broke a unique key, a foreign key or a NOT NULL rule; the whole batch was rolled back.',
    hint: 'The data exists already or belongs to something that was deleted. Read it again before repeating.',
  },
  DISK_FULL: {
    kind: 'transient',
    summary: 'The disk, or the size allowed for the database, is full.',
    hint: 'Free space on the disk that holds the data directory; nothing accepted was lost. Writes resume by themselves.',
  },
  READ_ONLY: {
    kind: 'config',
    summary: 'The database file or its directory cannot be written.',
    hint: 'Give the user that runs microclaw write access to the runtime directory and the files in it.',
  },
  CANNOT_OPEN: {
    kind: 'config',
    summary: 'The database file or its directory cannot be opened or created.',
    hint: 'Check that the data directory exists, is a local disk and belongs to the user that runs microclaw.',
  },
  CORRUPT: {
    kind: 'permanent',
    summary: 'The file is damaged or is not a database.',
    hint: 'Stop microclaw, keep a copy of the file, and restore your newest backup (one that an upgrade made stands beside the file).',
  },
  BUSY: {
    kind: 'transient',
    summary: 'Another program holds the database file locked.',
    hint: 'Close other programs that have the database open (for example the sqlite3 shell) and try again.',
  },
  IO: {
    kind: 'transient',
    summary: 'The operating system reported an error while the database file was read or written.',
    hint: 'Check the system log for disk errors, quotas and file size limits.',
  },
  LOCKED: {
    kind: 'config',
    summary: 'Another microclaw process owns the database.',
    hint: 'Stop the other process first, or give this one its own data directory.',
  },
  TOO_NEW: {
    kind: 'config',
    summary: 'The database was written by a newer version of microclaw; it was not touched.',
    hint: 'Start the newer version again, or restore the backup that it took before upgrading the database.',
  },
  MIGRATION_CHANGED: {
    kind: 'bug',
    summary: 'A migration that was applied to this database reads differently in this program.',
    hint: 'Use an unmodified release. If you edit migrations yourself, add a new one instead of changing an old one.',
  },
  MIGRATION_FAILED: {
    kind: 'permanent',
    summary: 'A migration could not be applied; it was rolled back and the database is as before.',
    hint: 'Keep using the previous version and report the message; a backup stands beside the database.',
  },
  FOREIGN_DATABASE: {
    kind: 'config',
    summary: 'The file is an SQLite database that another program made.',
    hint: 'Move the file away or give microclaw its own data directory.',
  },
  TRANSACTION_EXPIRED: {
    kind: 'bug',
    summary: 'An interactive transaction was idle for too long and was rolled back.',
    hint: 'Inside a transaction use only its own handle, and await nothing but the database.',
  },
  WORKER_LOST: {
    kind: 'uncertain',
    summary: 'The database thread ended unexpectedly; a write in flight may or may not have been committed.',
    hint: 'Restart microclaw; it recovers unfinished work from the database.',
  },
  FILE_LOST: {
    kind: 'permanent',
    summary: 'The database file was removed or replaced while it was in use; microclaw stops.',
    hint: 'Stop microclaw before you restore or move its data. What was written after the file was taken away is lost; the next start uses the file that is there now.',
  },
  CLOSED: {
    kind: 'transient',
    summary: 'The database is closed because the program is stopping.',
    hint: 'Repeat the request when microclaw is running again.',
  },
  UNEXPECTED: {
    kind: 'bug',
    summary: 'A statement or its result is not what the program assumes.',
    hint: 'Report this message together with the log around it.',
  },
});

/** The names of the storage errors; how the database thread says what happened. */
export type StorageErrorName = keyof typeof storageErrors.definitions;
