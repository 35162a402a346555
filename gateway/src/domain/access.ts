import type { DeviceId } from './stored.ts';

/** What somebody may do with the admin pages. `person` sees one subject of one device, and nothing else. */
export type Role = 'viewer' | 'operator' | 'privacy' | 'person';

/** Whose records a `person` may see. */
export interface Scope extends DeviceId {
  /** Slot; null = everybody on the device. */
  subject: number | null;
}

/** Somebody who has shown a token. */
export interface Visitor {
  name: string;
  role: Role;
  /** Null for roles that are not bound to a person. */
  scope: Scope | null;
}

type Rule = [method: 'GET' | 'POST', path: RegExp, roles: readonly Role[]];

/**
 * Data of people is for the privacy officer, the machine is for the operator, numbers are for all of them. The first rule that fits decides; what
 * fits none is for nobody.
 */
const RULES: readonly Rule[] = [
  ['GET', /^\/(healthz|readyz|version|metrics)$/, ['viewer', 'operator', 'privacy']],
  ['GET', /^\/api\/(status|books|devices|sinks)$/, ['viewer', 'operator', 'privacy']],
  ['GET', /^\/api\/erasures(\/|$)/, ['viewer', 'operator', 'privacy']],
  ['POST', /^\/api\/(erasures|consents)$/, ['privacy']],
  ['GET', /^\/api\/(consents|records|audit)(\/|$)/, ['privacy']],
  ['GET', /^\/api\/quarantine$/, ['operator', 'privacy']],
  ['GET', /^\/api\/live$/, ['person', 'privacy']],
  ['GET', /^\/api\//, ['operator']],
  ['POST', /^\/api\//, ['operator']],
];

/** Pages that monitoring asks for, which has no token: they show nothing of anybody. */
const OPEN = /^\/(healthz|readyz|version)$/;

export function isOpen(path: string): boolean {
  return OPEN.test(path);
}

export function mayVisit(role: Role, method: string, path: string): boolean {
  const rule = RULES.find(([wanted, pattern]) => wanted === method && pattern.test(path));
  return rule !== undefined && rule[2].includes(role);
}
