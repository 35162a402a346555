import { type Model, modelTable, type Point, type PointTable } from '../../model/index.ts';
import { bytesPerDay, type PerDay, recordsPerDay } from './data-volume.ts';
import {
  type Block,
  type Cell,
  code,
  heading,
  type Line,
  listed,
  paragraph,
  type SheetDocument,
} from './document.ts';
import { toHtml } from './html.ts';
import { toMarkdown } from './markdown.ts';
import { attributeText, often, recorded } from './words.ts';

/** Somebody who is given records. */
export interface Recipient {
  name: string;
  /** How: a sink's type, a company's name. */
  by: string;
  /** Names of purposes of the model; null = of every purpose. */
  purposes: readonly string[] | null;
}

export interface DataSheetOptions {
  /** Records a day that are expected of a point, by name; where it is left out, the kind's usual number is taken. */
  recordsPerDay?: { readonly [point: string]: number };
  /** Who gets it. Left out: the sheet does not say. */
  recipients?: readonly Recipient[];
  /** Whom to ask for a copy, for an end, for erasure. */
  contact?: string;
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

function purposeRows(model: Model): Cell[][] {
  return Object.entries(model.purposes).map(([name, purpose]) => {
    const words = [purpose.title, purpose.description].filter((text) => text !== undefined).join('. ');
    return [
      [[code(name)]],
      [[words || '-']],
      [[`${purpose.code.replaceAll('_', ' ')} (dpv:${dpvTerms[purpose.code]})`]],
      [[articles[purpose.basis] ?? purpose.basis]],
      [[purpose.special === true ? 'yes, GDPR 9(2)(a)' : 'no']],
    ];
  });
}

interface PointLine {
  name: string;
  point: Point;
  row: PointTable;
  rate: PerDay;
}

function linesOf(model: Model, options: DataSheetOptions): PointLine[] {
  return modelTable(model)
    .points.slice(1)
    .map((row) => {
      const point = model.points[row.name]!;
      return { name: row.name, point, row, rate: recordsPerDay(point, options.recordsPerDay?.[row.name]) };
    });
}

function pointRow({ name, point, row, rate }: PointLine): Cell[] {
  const description = point.description === undefined ? '' : `. ${point.description}`;
  const named: Cell =
    point.title === undefined
      ? [[code(name), description].filter((word) => word !== '')]
      : [[code(name)], [`${point.title}${description}`]];
  return [
    named,
    [[recorded(point)]],
    [[code(point.for)]],
    [[point.sensitivity]],
    [[point.perSubject ? 'each' : 'no']],
    [[often(point, rate)]],
    [[String(bytesPerDay(row, rate.count))]],
    [[`${point.retentionDays} days`]],
  ];
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
const purposeHead = ['purpose', 'in words', 'kind of purpose', 'legal basis', 'special category'];

function introduction(model: Model, lines: readonly PointLine[]): Block[] {
  const total = lines.reduce((sum, line) => sum + bytesPerDay(line.row, line.rate.count), 0);
  const hash = Buffer.from(modelTable(model).hash).toString('hex').slice(0, 16);
  const consent = Object.entries(model.purposes).filter(([, purpose]) => purpose.basis === 'consent');
  const asked: Line =
    consent.length === 0
      ? ['None of it rests on consent.']
      : ['Recorded only after consent: ', ...listed(consent.map(([name]) => name)), '.'];
  const subjects =
    model.subjects.length === 0 ? '' : ` Kept apart for each of: ${model.subjects.join(', ')}.`;
  const what: Line = [
    'Product ',
    code(model.product),
    `, model version ${model.version}, `,
    code(hash),
    '. ',
  ];
  return [
    ...(model.description === undefined ? [] : [paragraph([`${model.description}.`])]),
    paragraph(
      [...what, ...asked, subjects],
      [`About ${total} bytes a day in all, before what is not consented to.`],
    ),
  ];
}

function controlBlocks(model: Model): Block[] {
  const settings = Object.entries(model.config).map(
    ([name, item]): Line => [
      'setting ',
      code(name),
      `: ${attributeText(item.type)}, ${String(item.default)} unless set otherwise`,
    ],
  );
  const commands = Object.keys(model.commands).map((name): Line => ['command ', code(name)]);
  const items = [...settings, ...commands];
  return items.length === 0 ? [] : [heading('What can be set or asked for'), { kind: 'list', items }];
}

function recipientBlocks(recipients: readonly Recipient[] | undefined): Block[] {
  if (recipients === undefined) return [];
  const rows = recipients.map(({ name, by, purposes }): Cell[] => [
    [[name]],
    [[by]],
    [purposes === null ? ['every purpose'] : listed(purposes)],
  ]);
  const none = paragraph(['Nobody: records stay with the gateway.']);
  return [
    heading('Who gets it'),
    rows.length === 0 ? none : { kind: 'table', head: ['recipient', 'how', 'for which purposes'], rows },
  ];
}

function rightsBlocks(contact: string | undefined): Block[] {
  if (contact === undefined) return [];
  const items: Line[] = [
    ['a copy of your data, in files that a computer can read (JSON Lines, CSV), with this sheet'],
    ['an end: consent is taken back as easily as it is given, and what waits on the product is deleted'],
    ['erasure: the product, the gateway and everybody above confirm it, each with a receipt'],
  ];
  return [heading('Your rights'), paragraph(['Ask ', contact, ' for:']), { kind: 'list', items }];
}

const closing =
  'Every record also has its time, the device, a sequence number, and the consent under which it was made. Losses are recorded as gaps.';

function sheetOf(model: Model, options: DataSheetOptions): SheetDocument {
  const lines = linesOf(model, options);
  return {
    title: `What ${model.title ?? model.product} records`,
    blocks: [
      ...introduction(model, lines),
      heading('Purposes'),
      { kind: 'table', head: purposeHead, rows: purposeRows(model) },
      heading('Data'),
      { kind: 'table', head: pointHead, rows: lines.map(pointRow) },
      ...controlBlocks(model),
      ...recipientBlocks(options.recipients),
      ...rightsBlocks(options.contact),
      paragraph([closing]),
    ],
  };
}

/**
 * A data sheet in Markdown for people, before they buy: what is collected, why, on which legal basis, how sensitive, how often, how much,
 * how long it is kept, who gets it (EU Data Act 3(2), GDPR 13). Bytes are estimates of stored records, per subject, from typical sizes.
 */
export function toDataSheet(model: Model, options: DataSheetOptions = {}): string {
  return toMarkdown(sheetOf(model, options));
}

/** The same as one page of HTML, without scripts and without anything from elsewhere. */
export function toDataSheetPage(model: Model, options: DataSheetOptions = {}): string {
  return toHtml(sheetOf(model, options));
}
