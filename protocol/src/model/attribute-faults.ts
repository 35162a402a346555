import type { ModelFault } from './fault.ts';
import {
  checkKeys,
  checkTexts,
  checkWords,
  fault,
  isFiniteNumber,
  isMap,
  isName,
  isWholeIn,
  type Loose,
  shown,
} from './fault-checks.ts';
import { hint } from './nearest.ts';
import { isUnit } from './units.ts';

const common = 'type optional title description';
const keysOfType: { [type: string]: string } = {
  int: common + ' range scale unit outside delta',
  num: common + ' range scale unit outside delta',
  bool: common,
  enum: common + ' labels',
  text: common + ' maxBytes',
  bytes: common + ' maxBytes',
  location: common,
};
const types = Object.keys(keysOfType);

/** Names that fields, rows and tables use for themselves. */
const reserved = 'value session location intent actor';

function isPowerOfTen(value: unknown): value is number {
  if (!isFiniteNumber(value)) {
    return false;
  }
  const text = value.toExponential();
  return text.charAt(0) === '1' && text.charAt(1) === 'e' && value >= 1e-9 && value <= 1e9;
}

function checkRange(faults: ModelFault[], path: string, range: unknown, scale: number): void {
  if (!Array.isArray(range) || range.length !== 2 || !isFiniteNumber(range[0]) || !isFiniteNumber(range[1])) {
    fault(faults, 'NUMBER_RANGE', path, 'is [least, greatest], two numbers, not ' + shown(range));
    return;
  }
  if (range[0] > range[1]) {
    fault(
      faults,
      'NUMBER_RANGE',
      path,
      'begins at ' + range[0] + ', above its end ' + range[1] + '; swap them',
    );
  }
  for (let i = 0; i < 2; i++) {
    const steps = range[i] / scale;
    // A bound between two steps could not be reached or would be passed by rounding; 1e-6 forgives the division's own rounding.
    if (Math.abs(steps - Math.round(steps)) > 1e-6 || Math.abs(steps) > 9007199254740991) {
      fault(faults, 'NUMBER_RANGE', path, range[i] + ' is not a whole number of steps of ' + scale);
    }
  }
}

/** range, scale, unit, outside and delta of an attribute or a point's value. */
export function checkNumber(faults: ModelFault[], path: string, value: Loose): void {
  const scale = value.scale === undefined ? 1 : value.scale;
  if (!isPowerOfTen(scale)) {
    fault(faults, 'NUMBER_SCALE', path + '.scale', 'is a power of ten from 1e-9 to 1e9, not ' + shown(scale));
  } else if (value.range !== undefined) {
    checkRange(faults, path + '.range', value.range, scale);
  }
  const unit = value.unit;
  if (unit !== undefined && (typeof unit !== 'string' || !isUnit(unit))) {
    fault(
      faults,
      'NUMBER_UNIT',
      path + '.unit',
      shown(unit) + " is no UCUM unit known here; counted things are '{step}'",
    );
  }
  if (value.outside !== undefined && value.outside !== 'refuse' && value.outside !== 'keep') {
    fault(faults, 'NUMBER_OUTSIDE', path + '.outside', "is 'refuse' or 'keep', not " + shown(value.outside));
  }
  if (value.delta !== undefined && typeof value.delta !== 'boolean') {
    fault(faults, 'MODEL_TYPE', path + '.delta', 'is true or false, not ' + shown(value.delta));
  }
}

function checkByType(faults: ModelFault[], path: string, value: Loose): void {
  if (value.type === 'int' || value.type === 'num') {
    checkNumber(faults, path, value);
  }
  if (value.type === 'int' && (value.range === undefined || value.scale !== 1)) {
    fault(faults, 'NUMBER_RANGE', path, "'int' has a range and steps of 1; use num() for anything else");
  }
  if (value.type === 'enum') {
    checkWords(faults, path + '.labels', value.labels, {
      code: 'ENUM_LABELS',
      least: 1,
      most: 255,
      names: false,
    });
  }
  if ((value.type === 'text' || value.type === 'bytes') && !isWholeIn(value.maxBytes, 1, 128)) {
    fault(
      faults,
      'SIZE_LIMIT',
      path + '.maxBytes',
      'is a whole number from 1 to 128, not ' + shown(value.maxBytes),
    );
  }
}

/** One attribute, argument or setting type. */
export function checkAttribute(faults: ModelFault[], path: string, value: unknown): void {
  if (!isMap(value) || typeof value.type !== 'string' || types.indexOf(value.type) < 0) {
    const given = isMap(value) ? value.type : value;
    const tip =
      typeof given === 'string'
        ? hint(given, types)
        : 'use int(), num(), bool(), oneOf(), text(), bytes() or location()';
    fault(faults, 'ATTRIBUTE_TYPE', path, shown(given) + ' is no attribute type; ' + tip);
    return;
  }
  checkKeys(faults, path, value, { known: keysOfType[value.type], needed: '' });
  checkTexts(faults, path, value);
  if (typeof value.optional !== 'boolean') {
    fault(faults, 'MODEL_TYPE', path + '.optional', 'is true or false, not ' + shown(value.optional));
  }
  checkByType(faults, path, value);
}

/** Attributes of a point or arguments of a command. */
export function checkAttributes(faults: ModelFault[], path: string, value: unknown): void {
  if (!isMap(value)) {
    fault(faults, 'MODEL_TYPE', path, 'is an object of attributes by name, not ' + shown(value));
    return;
  }
  const names = Object.keys(value);
  if (names.length > 32) {
    fault(faults, 'MODEL_LIMIT', path, 'has ' + names.length + ' entries; 32 are allowed');
  }
  for (let i = 0; i < names.length; i++) {
    const at = path + '.' + names[i];
    if (!isName(names[i])) {
      fault(
        faults,
        'ATTRIBUTE_NAME',
        at,
        'a name has lower-case letters, digits and _, and begins with a letter',
      );
    } else if (reserved.split(' ').indexOf(names[i]) >= 0) {
      fault(
        faults,
        'ATTRIBUTE_NAME',
        at,
        "'" + names[i] + "' is a standard field; list it in `context` or take another name",
      );
    }
    checkAttribute(faults, at, value[names[i]]);
  }
}
