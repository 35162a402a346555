import { type Attribute, type Model, modelTable, type Point, type PointTable } from '../model/index.ts';
import { bytesPerDay, type PerDay, recordsPerDay } from './data-volume.ts';

export interface DataSheetOptions {
  /** Records a day that are expected of a point, by name; where it is left out, the kind's usual number is taken. */
  recordsPerDay?: { readonly [point: string]: number };
}

const articles: Record<string, string> = {
  consent: 'consent, GDPR 6(1)(a)',
  contract: 'contract, GDPR 6(1)(b)',
  legal_obligation: 'legal obligation, GDPR 6(1)(c)',
  vital_interests: 'vital interests, GDPR 6(1)(d)',
  public_task: 'public task, GDPR 6(1)(e)',
  legitimate_interest: 'legitimate interest, GDPR 6(1)(f)',
};

/** Terms of the Data Privacy Vocabulary 2.3 beside our codes. */
const dpvTerms: Record<string, string> = {
  service_provision: 'RequestedServiceProvision',
  product_improvement: 'ImproveExistingProductsAndServices',
  service_optimisation: 'ServiceOptimisation',
  maintenance: 'RepairImpairments',
  security: 'EnforceSecurity',
  personalisation: 'ServicePersonalisation',
  marketing: 'DirectMarketing',
  research: 'ResearchAndDevelopment',
  sale: 'SellDataToThirdParties',
  customer_care: 'CustomerCare',
  legal_duty: 'LegalCompliance',
  altruism: 'DataAltruism',
};

/** Models come from devices: their words must not become markup or break a table. */
function plain(text: string): string {
  return text.replace(/[\\`*[\]<>|#&]/g, (mark) => `&#${mark.charCodeAt(0)};`).replace(/\s+/g, ' ');
}

function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

const code = (text: string): string => `\`${text}\``;
const unitText = (unit: string | undefined): string =>
  unit === undefined || unit === '1' ? '' : ` ${plain(unit)}`;

function numberText(source: Pick<Attribute, 'unit' | 'range' | 'scale' | 'outside'>): string {
  const range = source.range === undefined ? 'number' : `${source.range[0]} to ${source.range[1]}`;
  const step = source.scale === undefined || source.scale === 1 ? '' : `, steps of ${source.scale}`;
  const kept = source.outside === 'keep' && source.range !== undefined ? ', kept and flagged outside' : '';
  return `${range}${unitText(source.unit)}${step}${kept}`;
}

function attributeText(attribute: Attribute): string {
  switch (attribute.type) {
    case 'int':
    case 'num':
      return numberText(attribute);
    case 'enum':
      return `one of ${(attribute.labels ?? []).map(plain).join(', ')}`;
    case 'bool':
      return 'yes or no';
    case 'location':
      return 'position';
    default:
      return `${attribute.type}, up to ${attribute.maxBytes} bytes`;
  }
}

function valueText(point: Point): string {
  switch (point.kind) {
    case 'event':
      return 'that it happened';
    case 'state':
      return `one of ${(point.values ?? []).map(plain).join(', ')}`;
    case 'session':
      return `begin and duration in steps of ${point.resolutionMs} ms`;
    case 'distribution':
      return `histogram${unitText(point.unit)}`;
    case 'counter':
      return `running total${unitText(point.unit)}`;
    default:
      return numberText(point);
  }
}

function recorded(point: Point): string {
  const attributes = Object.entries(point.attributes).map(
    ([name, attribute]) =>
      `${attribute.title === undefined ? plain(name) : plain(attribute.title)}${attribute.optional ? ' (optional)' : ''}: ${attributeText(attribute)}`,
  );
  const context = point.context.length > 0 ? [`with ${point.context.join(', ')}`] : [];
  return [valueText(point), ...attributes, ...context].join('; ');
}

function often(point: Point, rate: PerDay): string {
  if (point.kind === 'series') return `every ${point.periodMs} ms while it runs`;
  return `about ${rate.count} a day${rate.assumed ? ' (assumed)' : ''}`;
}

function purposeRows(model: Model): string[][] {
  return Object.entries(model.purposes).map(([name, purpose]) => [
    code(name),
    [purpose.title, purpose.description]
      .filter((words) => words !== undefined)
      .map(plain)
      .join('. ') || '-',
    `${purpose.code.replaceAll('_', ' ')} (dpv:${dpvTerms[purpose.code]})`,
    articles[purpose.basis] ?? purpose.basis,
    purpose.special === true ? 'yes, GDPR 9(2)(a)' : 'no',
  ]);
}

interface Line {
  name: string;
  point: Point;
  row: PointTable;
  rate: PerDay;
}

function pointRow({ name, point, row, rate }: Line): string[] {
  const title = point.title === undefined ? '' : `<br>${plain(point.title)}`;
  const description = point.description === undefined ? '' : `. ${plain(point.description)}`;
  return [
    `${code(name)}${title}${description}`,
    recorded(point),
    `${code(point.for)}`,
    point.sensitivity,
    point.perSubject ? 'each' : 'no',
    often(point, rate),
    String(bytesPerDay(row, rate.count)),
    `${point.retentionDays} days`,
  ];
}

function linesOf(model: Model, options: DataSheetOptions): Line[] {
  const rows = modelTable(model).points.slice(1);
  return rows.map((row) => {
    const point = model.points[row.name]!;
    return { name: row.name, point, row, rate: recordsPerDay(point, options.recordsPerDay?.[row.name]) };
  });
}

const pointHead = [
  'point',
  'what is recorded',
  'why',
  'sensitivity',
  'per subject',
  'how often',
  'bytes a day',
  'kept',
];

function controlSection(model: Model): string {
  const settings = Object.entries(model.config).map(
    ([name, item]) =>
      `- setting ${code(name)}: ${attributeText(item.type)}, ${plain(String(item.default))} unless set otherwise`,
  );
  const commands = Object.keys(model.commands).map((name) => `- command ${code(name)}`);
  const lines = [...settings, ...commands];
  return lines.length === 0 ? '' : `\n## What can be set or asked for\n\n${lines.join('\n')}\n`;
}

/**
 * A data sheet in Markdown for people: what is collected, why, on which legal basis, how sensitive, how often, how much, how long it is
 * kept (EU Data Act 3(2), GDPR 13). Bytes are estimates of stored records, per subject, from typical sizes.
 */
export function toDataSheet(model: Model, options: DataSheetOptions = {}): string {
  const lines = linesOf(model, options);
  const total = lines.reduce((sum, line) => sum + bytesPerDay(line.row, line.rate.count), 0);
  const hash = Buffer.from(modelTable(model).hash).toString('hex').slice(0, 16);
  const consent = Object.entries(model.purposes).filter(([, purpose]) => purpose.basis === 'consent');
  const asked =
    consent.length === 0
      ? 'None of it rests on consent.'
      : `Recorded only after consent: ${consent.map(([name]) => code(name)).join(', ')}.`;
  const subjects =
    model.subjects.length === 0 ? '' : ` Kept apart for each of: ${model.subjects.map(plain).join(', ')}.`;
  return `# What ${plain(model.title ?? model.product)} records

${model.description === undefined ? '' : `${plain(model.description)}.\n\n`}Product ${code(model.product)}, model version ${model.version}, ${code(hash)}. ${asked}${subjects}
About ${total} bytes a day in all, before what is not consented to.

## Purposes

${table(['purpose', 'in words', 'kind of purpose', 'legal basis', 'special category'], purposeRows(model))}

## Data

${table(pointHead, lines.map(pointRow))}
${controlSection(model)}
Every record also has its time, the device, a sequence number, and the consent under which it was made. Losses are recorded as gaps.
`;
}
