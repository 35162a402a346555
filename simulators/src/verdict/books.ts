import type { Findings } from './findings.ts';
import { type Account, deviceName } from './truth.ts';

/** Accounts of one device over all its boots. */
export interface DeviceAccount {
  device: string;
  accepted: number;
  /** Of those, what was not yet durable when the power was cut: may be missing without a gap. */
  atRisk: number;
  stored: number;
  gaps: number;
}

export interface Books {
  of(device: string): DeviceAccount;
  accept(line: Account): void;
  /** Accepted = stored + gaps, for every device whose accepted records are known. */
  check(findings: Findings): void;
  list(): DeviceAccount[];
}

export function createBooks(): Books {
  const accounts = new Map<string, DeviceAccount>();
  const known = new Set<string>();
  const of = (device: string): DeviceAccount => {
    let account = accounts.get(device);
    if (account === undefined) {
      account = { device, accepted: 0, atRisk: 0, stored: 0, gaps: 0 };
      accounts.set(device, account);
    }
    return account;
  };
  const list = (): DeviceAccount[] => [...accounts.values()].sort((a, b) => (a.device < b.device ? -1 : 1));
  return {
    of,
    accept(line) {
      known.add(deviceName(line));
      const account = of(deviceName(line));
      account.accepted += line.accepted;
      account.atRisk += line.atRisk;
    },
    check(findings) {
      for (const { device, accepted, atRisk, stored, gaps } of list()) {
        const off = accepted - stored - gaps;
        if (!known.has(device) || (off >= 0 && off <= atRisk)) continue;
        const sum = `accepted ${accepted}, stored ${stored} + gaps ${gaps}`;
        findings.add(
          'accounting',
          device,
          off > 0 ? `${sum}: ${off} missing` : `${sum}: ${-off} too many`,
          Math.abs(off),
        );
      }
    },
    list,
  };
}
