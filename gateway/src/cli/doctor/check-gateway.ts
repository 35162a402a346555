import { request } from 'undici';
import { problemOf } from '../../sinks/outcome.ts';
import type { Finding, Patient } from './finding.ts';

/** Whether the gateway of this folder runs, and what it says of itself. */
export async function checkGateway({ config: { admin }, isRunning }: Patient): Promise<Finding[]> {
  const check = 'gateway';
  if (!isRunning) return [{ check, level: 'note', says: 'No gateway runs with this data folder.' }];
  const host = admin.host.includes(':') ? `[${admin.host}]` : admin.host;
  const url = `http://${host}:${admin.port}/readyz`;
  try {
    const { statusCode, body } = await request(url, { headersTimeout: 5_000, bodyTimeout: 5_000 });
    const text = await body.text();
    if (statusCode === 200) return [{ check, level: 'ok', says: 'The gateway is ready.' }];
    return [{ check, level: 'problem', says: `The gateway is not ready: ${reasons(text)}.` }];
  } catch (error) {
    const says = `A gateway runs with this data folder, and ${url} does not answer (${problemOf(error)}).`;
    const todo =
      'It may wait for its disk (see its log), or listen elsewhere: name its configuration with --config.';
    return [{ check, level: 'problem', says, todo }];
  }
}

function reasons(text: string): string {
  try {
    const { checks } = JSON.parse(text) as { checks: Record<string, { reason?: string }> };
    return Object.values(checks)
      .flatMap(({ reason }) => reason ?? [])
      .join('; ');
  } catch {
    return text.slice(0, 200);
  }
}
