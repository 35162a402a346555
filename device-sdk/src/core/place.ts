/**
 * Whose data a segment holds, for which purpose, and which generation of people's choices it was recorded under. It stands in the name: what
 * nobody allows any more is found without being read, also when the power went in the middle of overwriting it.
 */
export interface Place {
  /** Subject slot; 0 = nobody in particular. */
  slot: number;
  /** Code of the purpose where it rests on consent, else 0. */
  purpose: number;
  generation: number;
}

export const journalPrefix = 'j-';
/** Choices, critical, normal, bulk. */
export const lanePrefixes = ['c-', 'k-', 'n-', 'b-'];

function placeText(place: Place): string {
  return place.slot + '.' + place.purpose + '.' + place.generation;
}

export interface JournalName extends Place {
  name: string;
  /** Boot and number of the batch. */
  key: string;
}

export interface LaneName extends Place {
  name: string;
  lane: number;
  /** Grows over all segments of the lane. */
  number: number;
  /** The segment before it of the same slot and purpose; 0 = none. */
  previous: number;
}

export function journalName(key: string, place: Place): string {
  return journalPrefix + key + '.' + placeText(place);
}

export function laneName(lane: number, number: number, previous: number, place: Place): string {
  return lanePrefixes[lane] + number + '.' + placeText(place) + '.' + previous;
}

function partsOf(name: string, prefix: string): string[] {
  const parts = name.substring(0, 2) === prefix ? name.substring(2).split('.') : [];
  return parts.length === 5 ? parts : [];
}

export function readJournalName(name: string): JournalName | null {
  const parts = partsOf(name, journalPrefix);
  if (parts.length === 0) return null;
  const key = parts[0] + '.' + parts[1];
  return { name: name, key: key, slot: +parts[2], purpose: +parts[3], generation: +parts[4] };
}

export function readLaneName(name: string): LaneName | null {
  const lane = lanePrefixes.indexOf(name.substring(0, 2));
  const parts = partsOf(name, lanePrefixes[lane]);
  if (parts.length === 0) return null;
  return {
    name: name,
    lane: lane,
    number: +parts[0],
    slot: +parts[1],
    purpose: +parts[2],
    generation: +parts[3],
    previous: +parts[4],
  };
}

/** Of a segment with records; null for choices, the ledger and what is not ours. */
export function placeOf(name: string): Place | null {
  const lane = readLaneName(name);
  if (lane !== null) return lane.lane > 0 ? lane : null;
  return readJournalName(name);
}

/** What stands in one row of segments: a damaged end is found by the place in it where the next begins. */
export function laneKey(lane: number, slot: number, purpose: number): string {
  return lane + '.' + slot + '.' + purpose;
}
