import { head, int, type Octets } from './octets.ts';

/** A number that is none, or outside its bounds, has no bytes. */
export function steps(value: unknown, times: number, min: number, max: number): Octets {
  // + 0: no negative zero on the wire.
  const wire = typeof value === 'number' ? Math.round(value * times) + 0 : NaN;
  // Not "<": NaN is in no range.
  return wire >= min && wire <= max ? int(wire) : '';
}

/** CBOR of a value as its field says (`BoardModel`); '' for what the model does not allow. */
export function field(parts: string[], value: unknown, utf8: (text: string) => Octets): Octets {
  const type = parts[2].toLowerCase();
  // A text would become a number where it is divided.
  if (type === 'i')
    return typeof value === 'number' ? steps(value / +parts[4], +parts[3], +parts[5], +parts[6]) : '';
  if (type === 'b') return typeof value === 'boolean' ? head(224, value ? 21 : 20) : '';
  if (type === 'l') {
    const place = value as { lat?: unknown; lon?: unknown; accuracyM?: unknown };
    const lat = steps(place.lat, 1e7, -9e8, 9e8);
    const lon = steps(place.lon, 1e7, -18e8, 18e8);
    const accuracy = steps(place.accuracyM, 1, 0, 9e15);
    return lat && lon ? head(128, accuracy ? 3 : 2) + lat + lon + accuracy : '';
  }
  if (typeof value !== 'string') return '';
  if (type === 'e') {
    const index = parts.indexOf(value, 3) - 3;
    return index < 0 ? '' : head(0, index);
  }
  const text = utf8(value);
  return text.length > +parts[3] ? '' : head(96, text.length) + text;
}
