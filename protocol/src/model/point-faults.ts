import { checkAttributes, checkNumber } from './attribute-faults.ts';
import type { ModelFault } from './fault.ts';
import {
  checkId,
  checkKeys,
  checkTexts,
  checkWords,
  fault,
  isMap,
  isName,
  isWholeIn,
  type Loose,
  shown,
} from './fault-checks.ts';
import { hint } from './nearest.ts';

const common =
  'kind id for sensitivity perSubject retentionDays priority resolutionMs title description attributes context';
const keysOfKind: { [kind: string]: string } = {
  event: common,
  counter: common + ' unit scale',
  gauge: common + ' unit range scale outside delta',
  state: common + ' values',
  session: common,
  series: common + ' unit range scale outside periodMs',
  distribution: common + ' unit scale',
};
const kinds = Object.keys(keysOfKind);
const plainKinds = ['counter', 'series', 'distribution'];

const sensitivities = ['public', 'ordinary', 'personal', 'special'];
const priorities = ['critical', 'normal', 'bulk'];
const contexts = ['session', 'location', 'intent', 'actor'];

/** Names that an object of recorders must not have: JavaScript gives them a meaning of its own; 'gap' is point 0. */
const reserved = ['gap', 'constructor', 'then'];

function checkWord(faults: ModelFault[], path: string, value: unknown, words: string[]): boolean {
  if (typeof value === 'string' && words.indexOf(value) >= 0) {
    return true;
  }
  const code = words === priorities ? 'POINT_PRIORITY' : 'POINT_SENSITIVITY';
  fault(faults, code, path, 'is one of ' + words.join(', ') + ', not ' + shown(value));
  return false;
}

function checkPurpose(faults: ModelFault[], path: string, point: Loose, purposes: Loose): void {
  if (point.for === undefined) {
    return;
  }
  const names = Object.keys(purposes);
  if (typeof point.for !== 'string' || names.indexOf(point.for) < 0) {
    const tip = hint(String(point.for), names);
    fault(faults, 'POINT_PURPOSE', path + '.for', shown(point.for) + ' is no purpose of this model; ' + tip);
    return;
  }
  const purpose = purposes[point.for];
  if (point.sensitivity === 'special' && isMap(purpose) && purpose.special !== true) {
    const fix = "give the purpose basis 'consent' and special: true";
    fault(
      faults,
      'POINT_SPECIAL',
      path + '.sensitivity',
      "'special' data needs a purpose that says so; " + fix,
    );
  }
}

function checkTimes(faults: ModelFault[], path: string, point: Loose): void {
  if (!isWholeIn(point.retentionDays, 1, 36500)) {
    const message = 'is whole days from 1 to 36500, not ' + shown(point.retentionDays);
    fault(faults, 'POINT_RETENTION', path + '.retentionDays', message);
  }
  if (!isWholeIn(point.resolutionMs, 1, 86400000)) {
    const message = 'is whole ms from 1 to 86400000, not ' + shown(point.resolutionMs);
    fault(faults, 'POINT_RESOLUTION', path + '.resolutionMs', message);
  }
  if (point.kind === 'series' && !isWholeIn(point.periodMs, 1, 86400000)) {
    const message = 'is whole ms from 1 to 86400000 between samples, not ' + shown(point.periodMs);
    fault(faults, 'POINT_PERIOD', path + '.periodMs', message);
  }
}

function checkContext(faults: ModelFault[], path: string, point: Loose, model: Loose): void {
  const context = point.context;
  if (!Array.isArray(context)) {
    fault(faults, 'POINT_CONTEXT', path, 'is a list of context names, not ' + shown(context));
    return;
  }
  for (let i = 0; i < context.length; i++) {
    const name = context[i];
    const declared = name === 'intent' ? model.intents : name === 'actor' ? model.actors : undefined;
    if (contexts.indexOf(name) < 0 || context.indexOf(name) !== i) {
      fault(
        faults,
        'POINT_CONTEXT',
        path,
        shown(name) + ' is wrong or twice; ' + hint(String(name), contexts),
      );
    } else if (Array.isArray(declared) && declared.length === 0) {
      fault(faults, 'POINT_CONTEXT', path, "'" + name + "' needs `" + name + 's` in the model');
    }
  }
}

function checkFields(faults: ModelFault[], path: string, point: Loose, model: Loose): void {
  checkAttributes(faults, path + '.attributes', point.attributes);
  checkContext(faults, path + '.context', point, model);
  const bare = plainKinds.indexOf(point.kind as string) >= 0;
  if (bare && isMap(point.attributes) && Object.keys(point.attributes).length > 0) {
    fault(
      faults,
      'MODEL_KEY_UNKNOWN',
      path + '.attributes',
      'a ' + point.kind + ' has a value only; record an event beside it',
    );
  }
  if (bare && Array.isArray(point.context) && point.context.length > 0) {
    fault(
      faults,
      'POINT_CONTEXT',
      path + '.context',
      'a ' + point.kind + ' has a value only; record an event beside it',
    );
  }
  if (point.kind === 'state') {
    checkWords(faults, path + '.values', point.values, {
      code: 'POINT_VALUES',
      least: 1,
      most: 255,
      names: false,
    });
  }
  checkNumber(faults, path, point);
}

function checkSubject(faults: ModelFault[], path: string, point: Loose, model: Loose): void {
  if (typeof point.perSubject !== 'boolean') {
    fault(faults, 'MODEL_TYPE', path, 'is true or false, not ' + shown(point.perSubject));
  } else if (point.perSubject && Array.isArray(model.subjects) && model.subjects.length === 0) {
    fault(faults, 'POINT_SUBJECTS', path, 'is true, but the model has no `subjects`; name them');
  }
}

function checkPoint(faults: ModelFault[], path: string, point: unknown, model: Loose): void {
  if (!isMap(point) || typeof point.kind !== 'string' || kinds.indexOf(point.kind) < 0) {
    const given = isMap(point) ? point.kind : point;
    fault(faults, 'POINT_KIND', path, shown(given) + ' is no kind of point; ' + hint(String(given), kinds));
    return;
  }
  checkKeys(faults, path, point, { known: keysOfKind[point.kind], needed: 'id for' });
  checkTexts(faults, path, point);
  checkPurpose(faults, path, point, isMap(model.purposes) ? model.purposes : {});
  checkWord(faults, path + '.sensitivity', point.sensitivity, sensitivities);
  checkWord(faults, path + '.priority', point.priority, priorities);
  checkSubject(faults, path + '.perSubject', point, model);
  checkTimes(faults, path, point);
  checkFields(faults, path, point, model);
}

export function checkPoints(faults: ModelFault[], model: Loose): void {
  const points = model.points;
  if (!isMap(points) || Object.keys(points).length === 0 || Object.keys(points).length > 1000) {
    fault(faults, 'MODEL_LIMIT', 'points', 'is an object of 1 to 1000 points by name, not ' + shown(points));
    return;
  }
  const seen: { [id: string]: string } = {};
  const names = Object.keys(points);
  for (let i = 0; i < names.length; i++) {
    const path = 'points.' + names[i];
    const point = points[names[i]];
    if (!isName(names[i]) || reserved.indexOf(names[i]) >= 0) {
      const tip = 'lower-case letters, digits and _, beginning with a letter; not ' + reserved.join(', ');
      fault(faults, 'POINT_NAME', path, 'this name is not allowed: ' + tip);
    }
    checkPoint(faults, path, point, model);
    if (isMap(point)) {
      checkId(faults, path, point.id, seen);
    }
  }
}
