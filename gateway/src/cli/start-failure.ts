import { TlsFileError } from '../ingress/tls-files.ts';
import { MasterKeyError } from '../registry/seal-vault.ts';
import { sqliteCode, storageFailure } from '../spool/failure.ts';
import { CommandEnd, Exit } from './exit.ts';

interface SystemError {
  code?: string;
  syscall?: string;
  port?: number;
  address?: string;
  path?: string;
  message?: string;
}

/** One sentence for what keeps a gateway from starting though its configuration is right; null for a bug. */
export function startFailure(error: unknown): CommandEnd | null {
  if (error instanceof MasterKeyError) return unavailable(error.message);
  if (error instanceof TlsFileError) return new CommandEnd(Exit.config, error.message);
  const { code, syscall, port, address, path } = error as SystemError;
  if (code === 'EADDRINUSE') {
    return unavailable(
      `Port ${port} on ${address} is taken by another program; stop it or choose another port (0 = any free one).`,
    );
  }
  if (code === 'EACCES' && syscall === 'listen') {
    return unavailable(
      `Port ${port} on ${address} needs rights that this user does not have; choose one above 1023.`,
    );
  }
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    return unavailable(
      `This machine has no address "${address ?? (error as { hostname?: string }).hostname}" to listen on.`,
    );
  }
  return path !== undefined ? fileFailure(path, code) : storeFailure(error);
}

/** Damage, a foreign file or another version: SQLite's own codes, or the store's own sentence. */
function storeFailure(error: unknown): CommandEnd | null {
  const { errcode, message = '' } = error as { errcode?: number; message?: string };
  const own = message.startsWith('the store ');
  return errcode !== undefined || own ? unavailable(`The store cannot be opened: ${message}.`) : null;
}

/** What is over when the disk is mended, in words; null = anything else. */
export function unwritable(error: unknown): string | null {
  if (error instanceof CommandEnd) return error.cause === undefined ? null : unwritable(error.cause);
  const { code, path } = error as SystemError;
  const sqlite = sqliteCode(error);
  if (sqlite !== null) {
    return WAIT_FOR_SQLITE.includes(sqlite & 0xff) ? storageFailure(error).message : null;
  }
  if (code === undefined || !WAIT_FOR.includes(code)) return null;
  return `${path ?? 'the data folder'} cannot be written: ${FILE_WORDS[code]}`;
}

/** SQLITE_READONLY, SQLITE_IOERR, SQLITE_FULL. */
const WAIT_FOR_SQLITE = [8, 10, 13];
const WAIT_FOR = ['ENOSPC', 'EDQUOT', 'EIO', 'EROFS'];

const FILE_WORDS: Record<string, string> = {
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: "this user's quota on the disk is used up",
  EIO: 'the disk does not read or write',
  ENOENT: 'no folder can be made there',
  ENOTDIR: 'a part of that path is a file',
  EEXIST: 'a file stands where the folder should be',
  EISDIR: 'a folder stands where the file should be',
};

/** One sentence for a path that cannot be used. */
export function fileFailure(path: string, code: string | undefined): CommandEnd | null {
  const words = FILE_WORDS[code ?? ''];
  return words ? unavailable(`${path} cannot be used: ${words}.`) : null;
}

export function unavailable(message: string): CommandEnd {
  return new CommandEnd(Exit.unavailable, message);
}
