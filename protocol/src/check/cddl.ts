import { type FieldTable, type Model, modelTable, type PointTable } from '../model/index.ts';

const maxInt = '9007199254740991';

/** Rules that every model shares; the same as in spec/usewire.cddl. */
const common = `u32 = uint .le 4294967295
ms = uint .le ${maxInt}
whole = uint .le ${maxInt}
wire-int = -${maxInt}..${maxInt}
boot = u32 / bstr .size 8
subject-slot = 0..255
clock = [ unix: ms, quality: 0..4, ? bound: ms ]
packed = bstr .size (1..262144)
raw = wire-int / bool / tstr / bstr / [ + wire-int ]
samples = [ + wire-int ] / ta8 / ta16 / ta32 / tai8 / tai16 / tai32
columns = [ [ + row-point ], tick: 0..5, ticks, [ * raw / nil ] ]
ticks = [ + ms ] / ta8 / ta16 / ta32
octets = bstr .size (1..262144)
ta8 = #6.64(octets)
ta16 = #6.69(octets)
ta32 = #6.70(octets)
tai8 = #6.72(octets)
tai16 = #6.77(octets)
tai32 = #6.78(octets)
location = [ lat: -900000000..900000000, lon: -1800000000..1800000000, ? accuracy: whole ]
histogram = [ count: whole, sum: wire-int, min: wire-int, max: wire-int, scale: wire-int, zeros: whole, offset: wire-int, * whole ]`;

function intType(field: FieldTable): string {
  if (field.outside === 'keep' || field.min === undefined) return 'wire-int';
  if (field.max !== undefined) return `${field.min}..${field.max}`;
  return field.min === 0 ? 'whole' : `${field.min}..${maxInt}`;
}

function fieldType(field: FieldTable): string {
  switch (field.type) {
    case 'int':
      return intType(field);
    case 'enum':
      return `0..${(field.labels?.length ?? 1) - 1}`;
    case 'text':
      return `tstr .size (0..${field.maxBytes ?? 128})`;
    case 'bytes':
      return `bstr .size (0..${field.maxBytes ?? 128})`;
    default:
      return field.type;
  }
}

/** What the integers of a field stand for, for the reader. */
function fieldNote(field: FieldTable): string {
  if (field.labels) return ` (${field.labels.map((label, index) => `${index} ${label}`).join(', ')})`;
  return field.scale === 1 ? '' : ` (steps of ${field.scale})`;
}

function attributeLines(point: PointTable): string {
  const fields = point.fields.slice(point.hasValue ? 1 : 0);
  const lines = fields.map((field, index) => {
    const comma = index < fields.length - 1 ? ',' : '';
    const optional = field.optional ? '? ' : '';
    return `  ${optional}${field.key} => ${fieldType(field)}${comma} ; ${field.name}${fieldNote(field)}`;
  });
  return `{\n${lines.join('\n')}\n}`;
}

/** `[point, dt, ? value/null, ? {key: value}]` as this point fills it in. */
function pointRule(point: PointTable): string {
  const name = point.name;
  if (point.kind === 'series') return `p-${name} = [ ${point.id}, offset: ms, samples, ? period: ms ]`;
  const value = point.hasValue ? fieldType(point.fields[0]!) : 'nil';
  const head = `[ ${point.id}, dt: ms`;
  const attributes = point.fields.slice(point.hasValue ? 1 : 0);
  if (attributes.length === 0) return `p-${name} = ${head}${point.hasValue ? `, ${value}` : ''} ]`;
  const map = `a-${name} = ${attributeLines(point)}`;
  const tail = `${value}, a-${name}`;
  const needed = attributes.some((field) => !field.optional);
  const row = needed ? tail : point.hasValue ? `${value}, ? a-${name}` : `? ( ${tail} )`;
  return `p-${name} = ${head}, ${row} ]\n${map}`;
}

function pointNote(point: PointTable): string {
  const value = point.hasValue ? fieldNote(point.fields[0]!) : '';
  return `; ${point.id} ${point.name}: ${point.kind}${value}`;
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

/**
 * CDDL (RFC 8610) of the data message of a model: its points, attribute numbers and value ranges. What CDDL cannot say: differences
 * of samples stay in range, columns hold the fields of their points, the packed form.
 */
export function toCddl(model: Model): string {
  const table = modelTable(model);
  const rows = table.points.filter((point) => point.kind !== 'series');
  const rules = table.points.map((point) => `${pointNote(point)}\n${pointRule(point)}`);
  return `; ${model.product} ${model.version}: data messages (POU 1). Generated from the model; do not edit.

data = {
  0 => 1,
  1 => u32,
  2 => boot,
  3 => ms,
  4 => bstr .size 4, ; ${hex(table.hash.subarray(0, 4))}
  5 => u32,
  ? 6 => clock,
  7 => [ + entry ] / packed,
  ? 8 => ${model.subjects.length > 0 ? `0..${model.subjects.length}` : 'subject-slot'},
  ? 9 => ms,
  * nint => any
}

entry = ${table.points.map((point) => `p-${point.name}`).join('\n      / ')}
      / columns

row-point = ${rows.map((point) => point.id).join(' / ')}

${rules.join('\n\n')}

; ---- common to all models

${common}
`;
}
