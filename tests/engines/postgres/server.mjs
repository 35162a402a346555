import { execFile } from 'node:child_process';
import { accessSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { freePort } from '../until-listening.mjs';

const run = promisify(execFile);

/** Where initdb, pg_ctl and postgres are, or null. Debian keeps them off the PATH. */
export function findPostgres() {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [
    ...versions.map((version) => join(debian, version, 'bin')),
    ...(process.env.PATH ?? '').split(delimiter),
  ];
  return folders.find((folder) => ['initdb', 'pg_ctl'].every((name) => isThere(join(folder, name)))) ?? null;
}

function isThere(path) {
  try {
    accessSync(path);
    return true;
  } catch {
    return false;
  }
}

const PASSWORD = 'usewire-test';

/** A real server of its own in a temporary folder, durable as it comes: nothing is switched off for speed. */
export async function startPostgres(bin) {
  const directory = mkdtempSync(join(tmpdir(), 'usewire-postgres-'));
  const user = await unprivileged();
  if (user) chownSync(directory, user.uid, user.gid);
  const ctl = async (command, ...args) => {
    const options = { ...user, cwd: directory, env: { PATH: process.env.PATH ?? '', LC_ALL: 'C.UTF-8' } };
    await run(join(bin, command), args, options);
  };
  const data = join(directory, 'data');
  const passwordFile = join(directory, 'password');
  writeFileSync(passwordFile, `${PASSWORD}\n`);
  const auth = ['-A', 'scram-sha-256', '-U', 'usewire', `--pwfile=${passwordFile}`];
  await ctl('initdb', '-D', data, '-E', 'UTF8', '--no-sync', ...auth);
  const port = await freePort();
  const settings = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=${directory}`;
  const log = join(directory, 'log');
  const start = () => ctl('pg_ctl', '-D', data, '-w', '-t', '60', '-l', log, '-o', settings, 'start');
  await start();
  const url = `postgres://usewire:${PASSWORD}@127.0.0.1:${port}/postgres`;
  return {
    url,
    user,
    start,
    kill: () => ctl('pg_ctl', '-D', data, '-w', '-m', 'immediate', 'stop'),
    session: async () => connected(url),
    async query(sql) {
      const client = await connected(url);
      try {
        return (await client.query(sql)).rows;
      } finally {
        await client.end();
      }
    },
    async remove() {
      await ctl('pg_ctl', '-D', data, '-w', '-m', 'immediate', 'stop').catch(() => {});
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function connected(url) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return client;
}

/** PostgreSQL does not run as root: then as the user that its package made. */
async function unprivileged() {
  if (userInfo().uid !== 0) return undefined;
  const id = async (flag) => Number((await run('id', [flag, 'postgres'])).stdout);
  return { uid: await id('-u'), gid: await id('-g') };
}
