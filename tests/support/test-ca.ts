import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Certificates of tests are made by the openssl command; without it those tests are skipped. */
export const hasOpenssl = (() => {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

export interface Pem {
  cert: string;
  key: string;
  certFile: string;
  keyFile: string;
}

export interface TestCa {
  folder: string;
  caFile: string;
  ca: string;
  /** A certificate of this CA; `san` as `URI:…` or `IP:…`, `days` below 0 = it has ended. */
  issue(name: string, options: { cn: string; san?: string; days?: number }): Pem;
  remove(): void;
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

export function testCa(name = 'ca'): TestCa {
  const folder = mkdtempSync(join(tmpdir(), 'usewire-ca-'));
  const file = (leaf: string) => join(folder, leaf);
  const openssl = (...args: string[]) => void execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });
  openssl(
    'req',
    '-x509',
    ...NEW_KEY,
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
    '-subj',
    `/CN=${name}`,
    '-days',
    '2',
  );
  let serial = 1;
  return {
    folder,
    caFile: file('ca.pem'),
    ca: readFileSync(file('ca.pem'), 'utf8'),
    issue(leaf, { cn, san, days = 2 }) {
      serial += 1;
      openssl('req', ...NEW_KEY, '-keyout', `${leaf}.key`, '-out', `${leaf}.csr`, '-subj', `/CN=${cn}`);
      writeFileSync(file(`${leaf}.ext`), san === undefined ? '' : `subjectAltName=${san}\n`);
      const by = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-set_serial', String(serial), '-days', String(days)];
      openssl('x509', '-req', '-in', `${leaf}.csr`, ...by, '-extfile', `${leaf}.ext`, '-out', `${leaf}.pem`);
      const [certFile, keyFile] = [file(`${leaf}.pem`), file(`${leaf}.key`)];
      return { certFile, keyFile, cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8') };
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
