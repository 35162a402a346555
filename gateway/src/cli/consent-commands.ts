import type { Command } from 'commander';
import { purposeWords } from '../domain/consent/purpose-words.ts';
import { consentGrant, consentSignal, consentWithdraw } from './consent-change.ts';
import { consentImport } from './consent-import.ts';
import { consentHistory, consentShow } from './consent-look.ts';

/** `usewire consent …`: what people have agreed to, and choices that they make in the maker's service. */
export function consentCommands(root: Command): void {
  const consent = root.command('consent').description('what people have agreed to, and what they take back');
  placed(consent.command('show').argument('<tenant>').argument('[device]'))
    .description('how each purpose stands, for whom, since when and under which notice')
    .action(consentShow);
  placed(consent.command('history').argument('<tenant>').argument('[device]'))
    .description('every entry of the ledger; with --json as records of ISO/IEC TS 27560')
    .action(consentHistory);
  changing(consent.command('grant'))
    .option('--valid-for <span>', 'how long the grant holds, as 90d (default: as the configuration says)')
    .description('enter that a person has agreed to purposes')
    .action(consentGrant);
  changing(consent.command('withdraw'))
    .description('enter that a person takes back, or refuses, purposes; in force at once')
    .action(consentWithdraw);
  reaching(consent.command('signal').argument('<tenant>').argument('<device>'))
    .option(
      '--subject <name>',
      'whose: a subject of the model, or its slot (default: 0, everybody on the device)',
      '0',
    )
    .option('--off', 'the signal does not stand any more')
    .description('a signal such as Global Privacy Control: third parties get nothing for marketing or sale')
    .action(consentSignal);
  reaching(consent.command('import').argument('<file>', 'JSON Lines, as docs/consent.md shows'))
    .option('--by <name>', 'where the choices come from', 'import')
    .description('enter choices that another system has kept')
    .action(consentImport);
}

function changing(command: Command): Command {
  return reaching(
    command.argument('<tenant>').argument('<device>').argument('<purposes...>', purposeWords.join(', ')),
  )
    .option(
      '--subject <name>',
      'whose: a subject of the model, or its slot (default: 0, nobody in particular)',
      '0',
    )
    .option('--notice <version>', 'version of the text that the person was shown', '')
    .option('--notice-file <file>', 'that text, for its SHA-256')
    .option('--language <tag>', 'its language, as de-AT', '');
}

function reaching(command: Command): Command {
  return placed(command).option(
    '--url <url>',
    'admin address of the running gateway (default: the one of the configuration)',
  );
}

function placed(command: Command): Command {
  return command
    .option('--config <file>', 'configuration (default: usewire.yaml when it is there)')
    .option('--data-dir <folder>', 'data folder of the gateway')
    .option('--json', 'as JSON');
}
