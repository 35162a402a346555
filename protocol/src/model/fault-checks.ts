import type { ModelFault, ModelFaultCode } from './fault.ts';
import { hint } from './nearest.ts';

/** A value that nobody has checked yet: plain JavaScript may pass anything. */
export type Loose = { [key: string]: unknown };

export function fault(faults: ModelFault[], code: ModelFaultCode, path: string, message: string): void {
  faults.push({ code: code, path: path, message: message });
}

export function isMap(value: unknown): value is Loose {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)
  );
}

export function isWholeIn(value: unknown, min: number, max: number): value is number {
  return typeof value === 'number' && value >= min && value <= max && Math.floor(value) === value;
}

export function isFiniteNumber(value: unknown): value is number {
  return typeof value === 'number' && value - value === 0;
}

/** How a wrong value is shown in a message: short, quoted where it is text. */
export function shown(value: unknown): string {
  if (typeof value === 'string') {
    return "'" + value.slice(0, 40) + "'";
  }
  if (Array.isArray(value)) {
    return 'a list of ' + value.length;
  }
  if (value instanceof Uint8Array) {
    return value.length + ' bytes';
  }
  return value !== null && typeof value === 'object' ? 'an object' : String(value);
}

function inRange(code: number, from: string, to: string): boolean {
  return code >= from.charCodeAt(0) && code <= to.charCodeAt(0);
}

/** `[a-z][a-z0-9_]{0,47}` without a regular expression: small boards are built without them. */
export function isName(value: unknown): value is string {
  if (
    typeof value !== 'string' ||
    value.length === 0 ||
    value.length > 48 ||
    !inRange(value.charCodeAt(0), 'a', 'z')
  ) {
    return false;
  }
  for (let i = 1; i < value.length; i++) {
    const code = value.charCodeAt(i);
    if (!inRange(code, 'a', 'z') && !inRange(code, '0', '9') && value.charAt(i) !== '_') {
      return false;
    }
  }
  return true;
}

/** 1 to 48 characters, none of them a control character. */
function isLabel(value: unknown): value is string {
  if (typeof value !== 'string' || value.length === 0 || value.length > 48) {
    return false;
  }
  for (let i = 0; i < value.length; i++) {
    const code = value.charCodeAt(i);
    if (code < 32 || code === 127) {
      return false;
    }
  }
  return true;
}

/** Members of `value` that are not in `known`, and of `needed` that are missing. */
export function checkKeys(
  faults: ModelFault[],
  path: string,
  value: Loose,
  keys: { known: string; needed: string },
): void {
  const known = keys.known.split(' ');
  const present = Object.keys(value);
  for (let i = 0; i < present.length; i++) {
    if (value[present[i]] !== undefined && known.indexOf(present[i]) < 0) {
      fault(faults, 'MODEL_KEY_UNKNOWN', path + '.' + present[i], 'unknown key; ' + hint(present[i], known));
    }
  }
  const needed = keys.needed === '' ? [] : keys.needed.split(' ');
  for (let i = 0; i < needed.length; i++) {
    if (value[needed[i]] === undefined) {
      fault(faults, 'MODEL_KEY_MISSING', path + '.' + needed[i], "is missing; add '" + needed[i] + "'");
    }
  }
}

/** title and description, wherever they stand. */
export function checkTexts(faults: ModelFault[], path: string, value: Loose): void {
  const keys = ['title', 'description'];
  for (let i = 0; i < keys.length; i++) {
    const given = value[keys[i]];
    const longest = i === 0 ? 100 : 1000;
    if (given !== undefined && (typeof given !== 'string' || given.length === 0 || given.length > longest)) {
      fault(
        faults,
        'MODEL_TYPE',
        path + '.' + keys[i],
        'is text of 1 to ' + longest + ' characters, not ' + shown(given),
      );
    }
  }
}

/** A list of different labels or names. */
export function checkWords(
  faults: ModelFault[],
  path: string,
  value: unknown,
  rule: { code: ModelFaultCode; least: number; most: number; names: boolean },
): void {
  if (!Array.isArray(value) || value.length < rule.least || value.length > rule.most) {
    fault(
      faults,
      rule.code,
      path,
      'is a list of ' + rule.least + ' to ' + rule.most + ' words, not ' + shown(value),
    );
    return;
  }
  for (let i = 0; i < value.length; i++) {
    const at = path + '[' + i + ']';
    if (!(rule.names ? isName(value[i]) : isLabel(value[i]))) {
      const wanted = rule.names
        ? 'lower-case letters, digits and _'
        : '1 to 48 characters without control characters';
      fault(faults, rule.code, at, shown(value[i]) + ' is not allowed: ' + wanted);
    } else if (value.indexOf(value[i]) !== i) {
      fault(faults, rule.code, at, shown(value[i]) + ' stands there twice');
    }
  }
}

export function checkId(
  faults: ModelFault[],
  path: string,
  id: unknown,
  seen: { [id: string]: string },
): void {
  if (id === undefined) {
    return;
  }
  if (!isWholeIn(id, 1, 65535)) {
    fault(
      faults,
      'POINT_ID',
      path + '.id',
      'is a whole number from 1 to 65535 (0 is the gap point), not ' + shown(id),
    );
  } else if (seen['id' + id] !== undefined) {
    fault(
      faults,
      'POINT_ID_TWICE',
      path + '.id',
      id + ' is the id of ' + seen['id' + id] + ' already; take a new one',
    );
  } else {
    seen['id' + id] = path;
  }
}
