import { request } from 'undici';
import type { GatewayConfig } from '../config/schema.ts';
import { unavailable } from './start-failure.ts';

export interface AdminAnswer {
  text: string;
  headers: Record<string, string | string[] | undefined>;
}

/** What is posted may take as long as its work takes. */
const WORK_MS = 600_000;
const LOOK = { headersTimeout: 10_000, bodyTimeout: 10_000, headers: shown() };

/** A token among the arguments would be seen by everybody on the machine. */
function shown(): Record<string, string> {
  const token = process.env.USEWIRE_ACCESS_TOKEN;
  return token === undefined ? {} : { authorization: `Bearer ${token}` };
}

function doing(body: object) {
  const headers = { 'content-type': 'application/json', 'x-usewire': '1', ...shown() };
  return {
    method: 'POST' as const,
    headers,
    body: JSON.stringify(body),
    headersTimeout: WORK_MS,
    bodyTimeout: WORK_MS,
  };
}

/** Asks a running gateway; one sentence when there is none. With `body` it is asked to do something. */
export async function askGateway(url: string, path: string, body?: object): Promise<AdminAnswer> {
  const base = url.replace(/\/+$/, '');
  try {
    const answer = await request(base + path, body === undefined ? LOOK : doing(body));
    const text = await answer.body.text();
    if (answer.statusCode !== 200)
      throw unavailable(`${base}${path} answered ${answer.statusCode}: ${text.slice(0, 200)}`);
    return { text, headers: answer.headers };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === undefined || !/^(E|UND_ERR)/.test(code)) throw error;
    throw unavailable(
      `No gateway answers at ${base} (${code}); start one with "usewire gateway", or name its address with --url.`,
    );
  }
}

export function adminUrl({ admin }: GatewayConfig): string {
  const host = admin.host.includes(':') && !admin.host.startsWith('[') ? `[${admin.host}]` : admin.host;
  return `http://${host}:${admin.port}`;
}
