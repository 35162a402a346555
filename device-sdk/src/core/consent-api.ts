import type { Model, ModelTable } from '@usewire/protocol/model';
import type { ConsentOptions, ConsentResult } from './consent.ts';
import type { ConsentBook } from './consent-book.ts';
import type { ConsentDesk } from './consent-desk.ts';
import type { ErasureDesk, ErasureStatus, ForgetResult } from './erasure-desk.ts';
import type { DeviceExport } from './exporter.ts';

/** Choices by purpose; only purposes whose basis is consent can be chosen. */
export type PurposeChoices<M extends Model> = { [P in keyof M['purposes']]?: boolean };

/** What one person decides. */
export interface SubjectConsent<M extends Model> {
  /** As `Consent.set`, for this subject. */
  set(choices: PurposeChoices<M>, options: { notice: string }): ConsentResult;
  isGranted(purpose: keyof M['purposes']): boolean;
  /**
   * Everything of this subject that the device holds is gone at once, grants are withdrawn, and the gateway is asked to erase what it and its
   * sinks have. The request is durable; `Consent.erasures` tells how far it is.
   */
  forget(): ForgetResult;
  /** What of this subject waits on the device, to be read without any cloud. What was acknowledged is the gateway's to export. */
  export(): DeviceExport;
}

export interface Consent<M extends Model> {
  /**
   * A person's choice, by purpose. Takes effect at once, is kept over restarts, raises the epoch and is told to the gateway before any
   * data it allows.
   */
  set(choices: PurposeChoices<M>, options: ConsentOptions): ConsentResult;
  isGranted(purpose: keyof M['purposes'], subject?: M['subjects'][number]): boolean;
  epoch(): number;
  /** As `SubjectConsent.forget`, of everybody: the product is sold, or reset. */
  forget(): ForgetResult;
  /** As `SubjectConsent.export`, of everybody. */
  export(): DeviceExport;
  /** Erasures that were asked for here or by the gateway, oldest first, the last 16. */
  erasures(): ErasureStatus[];
}

/** `consent.left.set(...)`; a subject whose name is taken here is chosen for by `set(..., { subject })`. */
export type DeviceConsent<M extends Model> = Consent<M> & {
  readonly [S in Exclude<M['subjects'][number], keyof Consent<M>>]: SubjectConsent<M>;
};

/** Everybody's choices, and each subject's under its name. */
export function consentApi(
  table: ModelTable,
  desk: ConsentDesk,
  erasures: ErasureDesk,
  book: ConsentBook,
  exportOf: (slot: number) => DeviceExport,
): { [name: string]: unknown } {
  const api: { [name: string]: unknown } = {
    set: desk.set,
    isGranted: desk.isGranted,
    epoch: book.epoch,
    forget: function (): ForgetResult {
      return erasures.forget(-1);
    },
    export: function (): DeviceExport {
      return exportOf(-1);
    },
    erasures: erasures.list,
  };
  table.subjects.forEach(function (subject, index) {
    if (api[subject] !== undefined) return;
    api[subject] = {
      set: function (choices: { [purpose: string]: boolean }, options: { notice: string }): ConsentResult {
        return desk.set(choices, { notice: options.notice, subject: subject });
      },
      isGranted: function (purpose: string): boolean {
        return desk.isGranted(purpose, subject);
      },
      forget: function (): ForgetResult {
        return erasures.forget(index + 1);
      },
      export: function (): DeviceExport {
        return exportOf(index + 1);
      },
    };
  });
  return api;
}
