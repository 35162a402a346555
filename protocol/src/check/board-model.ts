import {
  type BoardModel,
  encodeModel,
  type FieldTable,
  type Model,
  modelTable,
  type PointKind,
  type PointTable,
} from '../model/index.ts';

const kinds: { [kind in PointKind]?: string } = {
  event: 'e',
  gauge: 'g',
  state: 's',
  counter: 'c',
  session: 'd',
  series: 't',
};
const types: { [type in FieldTable['type']]?: string } = {
  int: 'i',
  enum: 'e',
  bool: 'b',
  text: 't',
  location: 'l',
};
/** Beyond every value that a board can count exactly. */
const farthest = 9e15;

export type BoardModelResult =
  | { ok: true; model: BoardModel }
  | { ok: false; problems: { path: string; message: string }[] };

function bound(field: FieldTable, value: number | undefined, otherwise: number): number {
  return field.outside === 'refuse' && value !== undefined ? value : otherwise;
}

function numberParts(point: PointTable, field: FieldTable): (number | string)[] {
  // A board is given a session's duration in ms.
  const by =
    point.kind === 'session' && field.name === 'value' ? point.resolutionMs : Math.max(field.scale, 1);
  const times = field.scale < 1 ? Math.round(1 / field.scale) : 1;
  return [times, by, bound(field, field.min, -farthest), bound(field, field.max, farthest)];
}

function fieldLine(point: PointTable, field: FieldTable): string {
  const type = types[field.type]!;
  const parts =
    field.type === 'int'
      ? numberParts(point, field)
      : field.type === 'text'
        ? [field.maxBytes ?? 128]
        : (field.labels ?? []);
  return [field.name, field.key, field.optional ? type.toUpperCase() : type, ...parts].join('\t');
}

function pointText(point: PointTable, purpose: number): string {
  const ms = point.kind === 'series' ? point.periodMs : point.resolutionMs;
  const head = [point.id, kinds[point.kind], purpose, point.perSubject ? 1 : 0, point.priority, ms];
  return [head.join('\t'), ...point.fields.map((field) => fieldLine(point, field))].join('\n');
}

/** Bytes of a text that are no ASCII have other lengths on boards with and without Unicode strings. */
function isAscii(text: string): boolean {
  return [...text].every((character) => character < '\x7f');
}

function problemsOf(point: PointTable): { path: string; message: string }[] {
  const path = `points.${point.name}`;
  const problems = [];
  if (kinds[point.kind] === undefined)
    problems.push({ path, message: `boards do not record a ${point.kind} yet` });
  for (const field of point.fields) {
    const at = `${path}.${field.name}`;
    if (types[field.type] === undefined)
      problems.push({ path: at, message: `boards do not record ${field.type} yet` });
    const label = field.labels?.find((each) => !isAscii(each));
    if (label !== undefined)
      problems.push({ path: at, message: `boards take ASCII labels only, not '${label}'` });
  }
  return problems;
}

/** A model as a board carries it; or everything of it that boards cannot record, with where it stands. */
export function toBoardModel(model: Model): BoardModelResult {
  const table = modelTable(model);
  const points = table.points.filter((point) => point.id > 0);
  const problems = points.flatMap(problemsOf);
  if (problems.length > 0) return { ok: false, problems };
  const granted = table.purposes.filter((purpose) => purpose.needsConsent);
  const codeOf = (point: PointTable) =>
    granted.find((each) => each === table.purposes[point.purpose])?.code ?? 0;
  const description = Buffer.from(encodeModel(model)).toString('base64');
  return {
    ok: true,
    model: {
      hash: Buffer.from(table.hash.subarray(0, 8)).toString('base64'),
      points: Object.fromEntries(points.map((point) => [point.name, pointText(point, codeOf(point))])),
      purposes: Object.fromEntries(granted.map((purpose) => [purpose.name, purpose.code])),
      subjects: table.subjects,
      description: () => description,
    },
  };
}

/** The file that a board requires: ASCII, to be put into its Storage under the name of the product. */
export function boardModelFile(model: BoardModel): string {
  const { description, ...data } = model;
  const lines = Object.entries(data).map(([name, value]) => `exports.${name}=${JSON.stringify(value)};`);
  // In a function, so that it stays in the flash until somebody asks.
  if (description) lines.push(`exports.description=function(){return ${JSON.stringify(description())}};`);
  return `${lines.join('\n')}\n`;
}
