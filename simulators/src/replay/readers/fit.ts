import { Decoder, Stream } from '@garmin/fitsdk';
import { type Action, failed, inOrder, type ReadOutcome, type RowProblem } from '../recording.ts';
import { type FitMessage, fieldsOf, trackPointOf } from './fit-record.ts';
import { lapActions, sessionActions, timerActions } from './fit-summary.ts';

/** FIT activity: record messages, laps, sessions and timer events. A damaged end is told, and what stands before it is played. */
export function readFit(bytes: Uint8Array): ReadOutcome {
  const decoder = new Decoder(Stream.fromArrayBuffer(bytes.slice().buffer as ArrayBuffer));
  if (!decoder.isFIT()) {
    return failed(`it begins like a FIT file, but its ${bytes.length} bytes do not hold a whole header`);
  }
  const { messages, errors } = decoder.read();
  const problems: RowProblem[] = errors.map((error) => ({ line: 0, message: sentence(error.message) }));
  const records = (messages.recordMesgs ?? []) as FitMessage[];
  const names = developerNames((messages.fieldDescriptionMesgs ?? []) as FitMessage[]);
  const actions: Action[] = [];
  records.forEach((record, at) => {
    const action = trackPointOf(record, names);
    if (typeof action === 'string') {
      problems.push({ line: 0, message: `record message ${at + 1}: ${action}` });
    } else {
      actions.push(action);
    }
  });
  actions.push(...timerActions((messages.eventMesgs ?? []) as FitMessage[]));
  actions.push(...lapActions((messages.lapMesgs ?? []) as FitMessage[]));
  actions.push(...sessionActions((messages.sessionMesgs ?? []) as FitMessage[], records));
  if (actions.length === 0) {
    return failed(
      `it is a FIT file without record messages${problems[0] ? ` (${problems[0].message})` : ''}`,
    );
  }
  return {
    ok: true,
    recording: {
      format: 'fit',
      layout: 'FIT activity',
      product: 'workout',
      rows: records.length,
      problems,
      ignored: fieldsOf(records, names),
      actions: inOrder(actions),
    },
  };
}

/** The decoder's words, with what they mean for the user. */
function sentence(message: string): string {
  const text = message.replace(/^FIT Runtime Error /, '').trim();
  return `the file is damaged or cut off (${text}); what could be read before that is played`;
}

function developerNames(descriptions: readonly FitMessage[]): Map<string, string> {
  return new Map(descriptions.map((field) => [String(field.key), String(field.fieldName)]));
}
