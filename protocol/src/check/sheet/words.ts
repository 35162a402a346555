import type { Attribute, Point } from '../../model/index.ts';
import type { PerDay } from './data-volume.ts';

const unitText = (unit: string | undefined): string => (unit === undefined || unit === '1' ? '' : ` ${unit}`);

function numberText(source: Pick<Attribute, 'unit' | 'range' | 'scale' | 'outside'>): string {
  const range = source.range === undefined ? 'number' : `${source.range[0]} to ${source.range[1]}`;
  const step = source.scale === undefined || source.scale === 1 ? '' : `, steps of ${source.scale}`;
  const kept = source.outside === 'keep' && source.range !== undefined ? ', kept and flagged outside' : '';
  return `${range}${unitText(source.unit)}${step}${kept}`;
}

/** What an attribute or a setting can be. */
export function attributeText(attribute: Attribute): string {
  switch (attribute.type) {
    case 'int':
    case 'num':
      return numberText(attribute);
    case 'enum':
      return `one of ${(attribute.labels ?? []).join(', ')}`;
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
      return `one of ${(point.values ?? []).join(', ')}`;
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

/** All that one record of a point says. */
export function recorded(point: Point): string {
  const attributes = Object.entries(point.attributes).map(
    ([name, attribute]) =>
      `${attribute.title ?? name}${attribute.optional ? ' (optional)' : ''}: ${attributeText(attribute)}`,
  );
  const context = point.context.length > 0 ? [`with ${point.context.join(', ')}`] : [];
  return [valueText(point), ...attributes, ...context].join('; ');
}

export function often(point: Point, rate: PerDay): string {
  if (point.kind === 'series') return `every ${point.periodMs} ms while it runs`;
  return `about ${rate.count} a day${rate.assumed ? ' (assumed)' : ''}`;
}
