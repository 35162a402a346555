import { checkAttribute, checkAttributes } from './attribute-faults.ts';
import type { ModelFault } from './fault.ts';
import {
  checkId,
  checkKeys,
  checkTexts,
  fault,
  isFiniteNumber,
  isMap,
  isName,
  isWholeIn,
  type Loose,
  shown,
} from './fault-checks.ts';
import { hint } from './nearest.ts';

type CheckEntry = (faults: ModelFault[], path: string, entry: Loose) => void;

function fitsNumber(type: Loose, value: unknown): boolean {
  const range = type.range;
  if (!isFiniteNumber(value)) {
    return false;
  }
  return !Array.isArray(range) || (value >= range[0] && value <= range[1]);
}

function fits(type: Loose, value: unknown): boolean {
  if (type.type === 'int' || type.type === 'num') {
    return fitsNumber(type, value);
  }
  if (type.type === 'enum') {
    return Array.isArray(type.labels) && type.labels.indexOf(value) >= 0;
  }
  if (type.type === 'bool') {
    return typeof value === 'boolean';
  }
  return type.type === 'text' ? typeof value === 'string' : isMap(value) || value instanceof Uint8Array;
}

function checkSetting(faults: ModelFault[], path: string, setting: Loose): void {
  checkKeys(faults, path, setting, { known: 'id type default title description', needed: 'id type default' });
  if (setting.type === undefined) {
    return;
  }
  checkAttribute(faults, path + '.type', setting.type);
  if (isMap(setting.type) && setting.default !== undefined && !fits(setting.type, setting.default)) {
    const message = shown(setting.default) + ' is not a value of its type; give one that is';
    fault(faults, 'SETTING_DEFAULT', path + '.default', message);
  }
}

function checkCommand(faults: ModelFault[], path: string, command: Loose): void {
  checkKeys(faults, path, command, { known: 'id arguments title description', needed: 'id' });
  checkAttributes(faults, path + '.arguments', command.arguments);
}

function checkNamed(faults: ModelFault[], path: string, entries: unknown, check: CheckEntry): void {
  if (!isMap(entries) || Object.keys(entries).length > 200) {
    fault(faults, 'MODEL_TYPE', path, 'is an object of up to 200 entries by name, not ' + shown(entries));
    return;
  }
  const seen: { [id: string]: string } = {};
  const names = Object.keys(entries);
  for (let i = 0; i < names.length; i++) {
    const at = path + '.' + names[i];
    const entry = entries[names[i]];
    if (!isName(names[i])) {
      fault(
        faults,
        'MODEL_NAME',
        at,
        'a name has lower-case letters, digits and _, and begins with a letter',
      );
    }
    if (isMap(entry)) {
      check(faults, at, entry);
      checkTexts(faults, at, entry);
      checkId(faults, at, entry.id, seen);
    } else {
      fault(faults, 'MODEL_TYPE', at, 'is an object, not ' + shown(entry));
    }
  }
}

function checkBounds(faults: ModelFault[], path: string, rule: Loose, point: Loose): void {
  const bounds = ['above', 'below'];
  const numeric = point.kind !== 'state' && point.kind !== 'event';
  for (let i = 0; i < bounds.length; i++) {
    const bound = rule[bounds[i]];
    if (bound !== undefined && (!numeric || !isFiniteNumber(bound))) {
      const message = 'is a number, for a point with numbers; got ' + shown(bound) + ' for a ' + point.kind;
      fault(faults, 'RULE_TEST', path + '.' + bounds[i], message);
    }
  }
  const labels = Array.isArray(point.values) ? point.values : [];
  if (rule.equals !== undefined && labels.indexOf(rule.equals) < 0) {
    const message = shown(rule.equals) + ' is no value of this point; ' + hint(String(rule.equals), labels);
    fault(faults, 'RULE_TEST', path + '.equals', message);
  }
  if (rule.above === undefined && rule.below === undefined && rule.equals === undefined) {
    fault(faults, 'RULE_TEST', path, 'tests nothing; add above, below or equals');
  }
}

/** An event that a rule can record by itself: there, not per subject, no attribute required. */
function isBareEvent(point: unknown): boolean {
  if (!isMap(point) || point.kind !== 'event' || point.perSubject === true || !isMap(point.attributes)) {
    return false;
  }
  const names = Object.keys(point.attributes);
  for (let i = 0; i < names.length; i++) {
    const attribute = point.attributes[names[i]];
    if (!isMap(attribute) || attribute.optional !== true) {
      return false;
    }
  }
  return true;
}

function checkRule(faults: ModelFault[], path: string, rule: Loose, points: Loose): void {
  checkKeys(faults, path, rule, { known: 'when above below equals forMs emit', needed: 'when emit' });
  const names = Object.keys(points);
  const when = typeof rule.when === 'string' && names.indexOf(rule.when) >= 0 ? points[rule.when] : undefined;
  if (isMap(when)) {
    checkBounds(faults, path, rule, when);
  } else if (rule.when !== undefined) {
    const message = shown(rule.when) + ' is no point of this model; ' + hint(String(rule.when), names);
    fault(faults, 'RULE_POINT', path + '.when', message);
  }
  const emit = typeof rule.emit === 'string' && names.indexOf(rule.emit) >= 0 ? points[rule.emit] : undefined;
  if (rule.emit !== undefined && !isBareEvent(emit)) {
    const message = shown(rule.emit) + ' is no event of this model that can be recorded without attributes';
    fault(faults, 'RULE_EVENT', path + '.emit', message);
  }
  if (rule.forMs !== undefined && !isWholeIn(rule.forMs, 0, 86400000)) {
    fault(faults, 'RULE_TEST', path + '.forMs', 'is whole ms from 0 to 86400000, not ' + shown(rule.forMs));
  }
}

/** config, commands and rules. */
export function checkControls(faults: ModelFault[], model: Loose): void {
  checkNamed(faults, 'config', model.config, checkSetting);
  checkNamed(faults, 'commands', model.commands, checkCommand);
  const rules = model.rules;
  if (!Array.isArray(rules) || rules.length > 64) {
    fault(faults, 'MODEL_TYPE', 'rules', 'is a list of up to 64 rules, not ' + shown(rules));
    return;
  }
  for (let i = 0; i < rules.length; i++) {
    const path = 'rules[' + i + ']';
    if (isMap(rules[i])) {
      checkRule(faults, path, rules[i], isMap(model.points) ? model.points : {});
    } else {
      fault(faults, 'MODEL_TYPE', path, 'is an object, not ' + shown(rules[i]));
    }
  }
}
