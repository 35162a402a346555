import type { Model, ModelTable } from '@usewire/protocol/model';

export interface SourceModel {
  model: Model;
  table: ModelTable;
}

/** Where models come from, by tenant and hex of the 4-byte hash: the same object for as long as it is the same model. */
export type ModelSource = (tenant: string, modelHash: string) => SourceModel | undefined;
