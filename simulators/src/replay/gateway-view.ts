/** What a gateway says of one device. */
interface DeviceTotals {
  records: number;
  gaps: number;
  duplicates: number;
}

export interface GatewayView {
  /** Zeroes for a device that the gateway has not seen. */
  totals(tenant: string, device: string): Promise<DeviceTotals>;
  /** The same as soon as there are `records` of them, at the latest in `patienceMs`. */
  totalsWith(
    records: number,
    device: { tenant: string; device: string; patienceMs: number },
  ): Promise<DeviceTotals>;
  /** Messages of all devices that lie in quarantine now. */
  rejected(): Promise<number>;
}

const lookAgainMs = 20;
const none: DeviceTotals = { records: 0, gaps: 0, duplicates: 0 };

/** The admin does not answer, or not as an admin does. The message names the address. */
export class GatewayUnreachable extends Error {}

/** Asks the gateway's admin. Throws `GatewayUnreachable` when it does not answer. */
export function gatewayView(address: string): GatewayView {
  const totals = async (tenant: string, device: string) => {
    const devices = (await getJson(new URL('/api/devices', address))) as Record<string, unknown>[];
    const found = devices.find((row) => row.tenant === tenant && row.device === device);
    return found ? { ...none, ...pick(found) } : none;
  };
  return {
    totals,
    // Messages of a model that the gateway sees for the first time are acknowledged, and stored when it has the model.
    async totalsWith(records, { tenant, device, patienceMs }) {
      const endMs = performance.now() + patienceMs;
      let now = await totals(tenant, device);
      while (now.records < records && performance.now() < endMs) {
        await new Promise((resolve) => setTimeout(resolve, lookAgainMs));
        now = await totals(tenant, device);
      }
      return now;
    },
    async rejected() {
      const { rejected } = (await getJson(new URL('/api/status', address))) as { rejected?: unknown };
      return typeof rejected === 'number' ? rejected : 0;
    },
  };
}

function pick(row: Record<string, unknown>): Partial<DeviceTotals> {
  const names = Object.keys(none) as (keyof DeviceTotals)[];
  return Object.fromEntries(names.map((name) => [name, typeof row[name] === 'number' ? row[name] : 0]));
}

async function getJson(url: URL): Promise<unknown> {
  let response: Response;
  try {
    response = await fetch(url);
  } catch (error) {
    throw new GatewayUnreachable(`nobody answers at ${url.href}: ${causeOf(error)}`);
  }
  if (!response.ok) {
    throw new GatewayUnreachable(`${url.href} answers ${response.status}`);
  }
  return response.json();
}

function causeOf(error: unknown): string {
  const cause = (error as { cause?: { code?: string; message?: string } }).cause;
  return cause?.code ?? cause?.message ?? String(error);
}
