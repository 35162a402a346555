import type { Attribute } from './attributes.ts';
import type { Model } from './definition.ts';
import type { Point } from './points.ts';

/** breaking: old or new data would be read wrongly. notice: fine on the wire, but people or stored data are affected. */
export interface ModelChange {
  readonly severity: 'breaking' | 'notice' | 'addition';
  readonly code: ModelChangeCode;
  readonly path: string;
  readonly message: string;
}

export type ModelChangeCode =
  | 'PRODUCT_CHANGED'
  | 'VERSION_NOT_RAISED'
  | 'ID_REUSED'
  | 'POINT_RENAMED'
  | 'POINT_REMOVED'
  | 'POINT_ADDED'
  | 'KIND_CHANGED'
  | 'UNIT_CHANGED'
  | 'VALUES_CHANGED'
  | 'ATTRIBUTE_CHANGED'
  | 'ATTRIBUTE_ORDER'
  | 'ATTRIBUTE_REQUIRED'
  | 'SUBJECTS_CHANGED'
  | 'PURPOSE_CHANGED'
  | 'RETENTION_LONGER'
  | 'SENSITIVITY_LOWERED';

type Add = (severity: ModelChange['severity'], code: ModelChangeCode, path: string, message: string) => void;

function startsWith(list: readonly string[], start: readonly string[]): boolean {
  for (let i = 0; i < start.length; i++) {
    if (list[i] !== start[i]) {
      return false;
    }
  }
  return true;
}

function compareLabels(add: Add, path: string, old: readonly string[], next: readonly string[]): void {
  if (!startsWith(next, old)) {
    const message = 'labels were moved, renamed or removed; keep [' + old.join(', ') + '] and add at the end';
    add('breaking', 'VALUES_CHANGED', path, message);
  }
}

function compareAttribute(add: Add, path: string, old: Attribute, next: Attribute): void {
  const sameType = old.type === next.type && old.scale === next.scale && old.unit === next.unit;
  if (!sameType) {
    const message = 'type, unit or scale changed; add an attribute under a new name instead';
    add('breaking', 'ATTRIBUTE_CHANGED', path, message);
  }
  if (old.labels && next.labels) {
    compareLabels(add, path, old.labels, next.labels);
  }
}

function compareAttributes(add: Add, path: string, old: Point, next: Point): void {
  const before = Object.keys(old.attributes);
  const after = Object.keys(next.attributes);
  if (!startsWith(after, before)) {
    const message =
      'attributes are numbered in order of declaration; keep [' +
      before.join(', ') +
      '] first, in this order';
    add('breaking', 'ATTRIBUTE_ORDER', path, message);
    return;
  }
  for (let i = 0; i < after.length; i++) {
    const name = after[i];
    if (i < before.length) {
      compareAttribute(add, path + '.' + name, old.attributes[name], next.attributes[name]);
    } else if (!next.attributes[name].optional) {
      add(
        'notice',
        'ATTRIBUTE_REQUIRED',
        path + '.' + name,
        'is new and required: older records do not have it',
      );
    }
  }
}

const harm = ['public', 'ordinary', 'personal', 'special'];

function comparePolicy(add: Add, path: string, old: Point, next: Point): void {
  if (old.for !== next.for) {
    const message =
      "the purpose changed from '" + old.for + "' to '" + next.for + "': grants do not carry over";
    add('notice', 'PURPOSE_CHANGED', path + '.for', message);
  }
  if (next.retentionDays > old.retentionDays) {
    const message =
      'kept ' +
      next.retentionDays +
      ' days instead of ' +
      old.retentionDays +
      ': the notice to people changes';
    add('notice', 'RETENTION_LONGER', path + '.retentionDays', message);
  }
  if (harm.indexOf(next.sensitivity) < harm.indexOf(old.sensitivity)) {
    const message = "lowered from '" + old.sensitivity + "' to '" + next.sensitivity + "'";
    add('notice', 'SENSITIVITY_LOWERED', path + '.sensitivity', message);
  }
}

function comparePoint(add: Add, path: string, old: Point, next: Point): void {
  if (old.kind !== next.kind || old.perSubject !== next.perSubject) {
    const message = 'was a ' + old.kind + ', is a ' + next.kind + ' (or per subject changed); take a new id';
    add('breaking', 'KIND_CHANGED', path, message);
    return;
  }
  if (old.unit !== next.unit || old.scale !== next.scale) {
    add('breaking', 'UNIT_CHANGED', path, 'unit or scale changed; take a new id');
  }
  if (old.values && next.values) {
    compareLabels(add, path + '.values', old.values, next.values);
  }
  compareAttributes(add, path + '.attributes', old, next);
  comparePolicy(add, path, old, next);
}

function nameOfId(model: Model, id: number): string | undefined {
  const names = Object.keys(model.points);
  for (let i = 0; i < names.length; i++) {
    if (model.points[names[i]].id === id) {
      return names[i];
    }
  }
  return undefined;
}

/** An id under another name is the same point only where its kind, unit and attributes are the same. */
function compareRenamed(add: Add, names: { old: string; next: string }, old: Point, next: Point): void {
  const sameAttributes = Object.keys(old.attributes).join() === Object.keys(next.attributes).join();
  const same = old.kind === next.kind && old.unit === next.unit && old.scale === next.scale && sameAttributes;
  const path = 'points.' + names.next;
  if (same) {
    const message = 'id ' + next.id + " was '" + names.old + "': tables and queries by name change";
    add('notice', 'POINT_RENAMED', path, message);
    comparePoint(add, path, old, next);
  } else {
    const message =
      'id ' + next.id + " was '" + names.old + "' (" + old.kind + '); an id is never reused, take a new one';
    add('breaking', 'ID_REUSED', path + '.id', message);
  }
}

function comparePoints(add: Add, old: Model, next: Model): void {
  const names = Object.keys(next.points);
  for (let i = 0; i < names.length; i++) {
    const name = names[i];
    const point = next.points[name];
    const before = nameOfId(old, point.id);
    if (before === undefined) {
      add('addition', 'POINT_ADDED', 'points.' + name, 'is new');
    } else if (before === name) {
      comparePoint(add, 'points.' + name, old.points[name], point);
    } else {
      compareRenamed(add, { old: before, next: name }, old.points[before], point);
    }
  }
  const gone = Object.keys(old.points);
  for (let i = 0; i < gone.length; i++) {
    const id = old.points[gone[i]].id;
    if (nameOfId(next, id) === undefined) {
      add('notice', 'POINT_REMOVED', 'points.' + gone[i], 'is gone; id ' + id + ' stays taken for ever');
    }
  }
}

function compareHeads(add: Add, old: Model, next: Model): void {
  if (old.product !== next.product) {
    add(
      'breaking',
      'PRODUCT_CHANGED',
      'product',
      "was '" + old.product + "'; another product is another model",
    );
  }
  if (next.version <= old.version) {
    add(
      'breaking',
      'VERSION_NOT_RAISED',
      'version',
      'is ' + next.version + ' after ' + old.version + '; raise it',
    );
  }
  if (!startsWith(next.subjects, old.subjects)) {
    const message = 'slots are numbered; keep [' + old.subjects.join(', ') + '] first and add at the end';
    add('breaking', 'SUBJECTS_CHANGED', 'subjects', message);
  }
  compareLabels(add, 'intents', old.intents, next.intents);
  compareLabels(add, 'actors', old.actors, next.actors);
}

/**
 * What changes from `old` to `next`, for a check before a model is published. Breaking: an id, label, slot or attribute number
 * would get another meaning. Old messages name the old model by hash and decode for ever either way.
 */
export function compareModels(old: Model, next: Model): ModelChange[] {
  const changes: ModelChange[] = [];
  function add(
    severity: ModelChange['severity'],
    code: ModelChangeCode,
    path: string,
    message: string,
  ): void {
    changes.push({ severity: severity, code: code, path: path, message: message });
  }
  compareHeads(add, old, next);
  comparePoints(add, old, next);
  return changes;
}
