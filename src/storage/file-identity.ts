/**
 * Notices that the file which is open is not the one under its name any more: somebody removed it or put another in its
 * place. What is written from then on is gone with the process.
 *
 * Inode numbers tell two files apart only where they stay the same for as long as a file exists; other file systems are
 * asked whether there is a file at all.
 */
import { statfsSync, statSync } from 'node:fs';
import { storageErrors } from './errors.ts';

/** `f_type` of file systems whose inode numbers are stable (Linux, `statfs(2)`). */
const STABLE_INODES: ReadonlySet<number> = new Set([
  0xef53, // ext2, ext3, ext4
  0x58465342, // XFS
  0x9123683e, // Btrfs
  0xf2f52010, // F2FS
  0x2fc12fc1, // ZFS
  0x01021994, // tmpfs
  0x794c7630, // overlayfs
]);

export class FileIdentity {
  readonly #path: string;
  readonly #inode: bigint | undefined;

  private constructor(path: string, inode: bigint | undefined) {
    this.#path = path;
    this.#inode = inode;
  }

  /** The identity of a file that was just opened. */
  static of(path: string): FileIdentity {
    const isStable = STABLE_INODES.has(statfsSync(path).type >>> 0);
    return new FileIdentity(path, isStable ? statSync(path, { bigint: true }).ino : undefined);
  }

  /** Throws `MC_STORAGE_FILE_LOST` when the file is gone or another one. */
  verify(): void {
    const facts = statSync(this.#path, { bigint: true, throwIfNoEntry: false });
    if (facts !== undefined && (this.#inode === undefined || facts.ino === this.#inode)) return;
    const what = facts === undefined ? 'removed' : 'replaced by another file';
    throw storageErrors.create('FILE_LOST', `the database ${this.#path} was ${what} while it was in use`);
  }
}
