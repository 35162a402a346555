import { type DataSheetOptions, type Recipient, toDataSheet, toDataSheetPage } from '@usewire/protocol/check';
import type { Model } from '@usewire/protocol/model';
import { CommandEnd, Exit } from './exit.ts';
import { readModelFile } from './model-files.ts';
import { checkSettings } from './settings.ts';

interface SheetFlags {
  html?: boolean;
  rate: string[];
  config?: string;
  contact?: string;
}

/** Prints the sheet that a person reads before they buy: what is recorded, why, how much, how long, who gets it. */
export function sheetCommand(path: string, flags: SheetFlags): void {
  const read = readModelFile(path);
  if (!read.ok) throw new CommandEnd(Exit.config, read.problems.join('\n'));
  const { model } = read;
  const options: DataSheetOptions = {
    recordsPerDay: ratesOf(model, flags.rate),
    recipients: flags.config === undefined ? undefined : recipientsOf(flags.config),
    contact: flags.contact,
  };
  process.stdout.write(flags.html ? toDataSheetPage(model, options) : toDataSheet(model, options));
}

/** `point=records a day`. */
function ratesOf(model: Model, rates: readonly string[]): Record<string, number> {
  return Object.fromEntries(
    rates.map((rate) => {
      const [point = '', count = ''] = rate.split('=');
      if (!Object.hasOwn(model.points, point)) {
        const names = Object.keys(model.points).join(', ');
        throw new CommandEnd(
          Exit.usage,
          `--rate ${rate}: the model has no point "${point}"; it has ${names}.`,
        );
      }
      if (!/^\d{1,9}$/.test(count)) {
        throw new CommandEnd(
          Exit.usage,
          `--rate ${rate}: give records a day as a whole number, as in ${point}=20.`,
        );
      }
      return [point, Number(count)];
    }),
  );
}

/** Every sink of a gateway is somebody who gets it. */
function recipientsOf(config: string): Recipient[] {
  const result = checkSettings({ config });
  if (!result.ok) throw new CommandEnd(Exit.config, result.problems.join('\n'));
  return result.config.sinks.map(({ name, type }) => ({ name, by: type, purposes: null }));
}
