import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';

export interface TlsFiles {
  cert: string;
  key: string;
  clientCa?: string | undefined;
}

export interface TlsMaterial {
  cert: Buffer;
  key: Buffer;
  ca?: Buffer;
  /** When the gateway's own certificate ends. */
  validToMs: number;
}

/** Its message is a sentence for the operator. */
export class TlsFileError extends Error {
  override name = 'TlsFileError';
}

/** Reads and checks all files: a half of a renewal is an error, never a gateway that nobody can talk to. */
export function readTlsFiles(files: TlsFiles, name = 'listen.mqtts'): TlsMaterial {
  const cert = read(files.cert, `${name}.cert`);
  const own = certificateIn(cert, files.cert, `${name}.cert`);
  const key = read(files.key, `${name}.key`);
  const privateKey = parsed(files.key, `${name}.key`, 'a private key in PEM, without a passphrase', () =>
    createPrivateKey(key),
  );
  if (!own.checkPrivateKey(privateKey)) {
    throw new TlsFileError(`${name}.key: ${files.key} is not the key of the certificate in ${files.cert}.`);
  }
  const material = { cert, key, validToMs: Date.parse(own.validTo) };
  if (files.clientCa === undefined) return material;
  const ca = read(files.clientCa, `${name}.clientCa`);
  certificateIn(ca, files.clientCa, `${name}.clientCa`);
  return { ...material, ca };
}

function certificateIn(bytes: Buffer, path: string, name: string): X509Certificate {
  return parsed(path, name, 'a certificate in PEM', () => new X509Certificate(bytes));
}

function read(path: string, name: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const why = code === 'ENOENT' ? 'there is no such file' : `it cannot be read (${code})`;
    throw new TlsFileError(`${name}: ${path}: ${why}.`);
  }
}

function parsed<T>(path: string, name: string, what: string, parse: () => T): T {
  try {
    return parse();
  } catch {
    // What OpenSSL says names its own functions, and helps nobody.
    throw new TlsFileError(`${name}: ${path} holds no ${what.replace(/^a /, '')}.`);
  }
}

/** Changes when one of the files does; also where a link is moved to another folder, as container platforms renew secrets. */
export async function fingerprint(files: TlsFiles): Promise<string> {
  const paths = [files.cert, files.key, files.clientCa].filter((path) => path !== undefined);
  const marks = await Promise.all(
    paths.map((path) =>
      stat(path).then(
        ({ mtimeMs, size, ino }) => `${mtimeMs}/${size}/${ino}`,
        () => 'gone',
      ),
    ),
  );
  return marks.join(' ');
}
