import { request } from 'undici';
import { unavailable } from './start-failure.ts';

export interface AdminAnswer {
  text: string;
  headers: Record<string, string | string[] | undefined>;
}

/** Asks a running gateway; one sentence when there is none. */
export async function askGateway(url: string, path: string): Promise<AdminAnswer> {
  const base = url.replace(/\/+$/, '');
  try {
    const answer = await request(base + path, { headersTimeout: 10_000, bodyTimeout: 10_000 });
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
