import { UsageError } from '../world/fleet.ts';

/** Host and port of `mqtt://HOST:PORT`. Throws `UsageError` that says who asks. */
export function mqttAddress(command: string, gateway: string | undefined): { host: string; port: number } {
  if (gateway === undefined) throw new UsageError(`${command} wants --gateway mqtt://HOST:PORT`);
  const url = URL.canParse(gateway) ? new URL(gateway) : null;
  if (url === null || url.protocol !== 'mqtt:')
    throw new UsageError(`--gateway wants mqtt://HOST:PORT, not '${gateway}'`);
  return { host: url.hostname, port: Number(url.port || 1883) };
}
