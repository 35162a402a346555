export type {
  Attribute,
  AttributeOptions,
  Attributes,
  AttributeType,
  IntOptions,
  LocationValue,
  NoAttributes,
  NumOptions,
  Outside,
  Range,
  Scale,
  SizeOptions,
} from './attributes.ts';
export { bool, bytes, int, location, num, oneOf, optional, text } from './attributes.ts';
export type { BoardModel } from './board-model.ts';
export type { ModelChange, ModelChangeCode } from './compare.ts';
export { compareModels } from './compare.ts';
export { consentBit, pointConsent } from './consent-bits.ts';
export { decodeModel } from './decode-model.ts';
export type { Command, Commands, Definition, Model, Rule, Setting, Settings } from './definition.ts';
export { command, setting } from './definition.ts';
export { encodeModel, maxModelBytes, modelHash } from './describe.ts';
export { encodePacked } from './encode-packed.ts';
export { encodePlain } from './encode-plain.ts';
export { encodeRecords } from './encode-records.ts';
export { rowSize, writeRow } from './encode-row.ts';
export { earliestMs } from './encode-sort.ts';
export type { Entry, RawValue, RecordEntry, RecordsForm, SeriesEntry } from './entry.ts';
export type { ModelError, ModelFault, ModelFaultCode } from './fault.ts';
export { gapCauses, modelTable } from './model-table.ts';
export type {
  ContextName,
  ContextTypes,
  Kind as PointKindName,
  Point,
  PointTypes,
  Priority,
  Sensitivity,
} from './points.ts';
export { counter, distribution, event, gauge, series, session, state } from './points.ts';
export { product } from './product.ts';
export type { LegalBasis, Purpose, PurposeCodeName, Purposes } from './purposes.ts';
export { legalBases, PurposeCode } from './purposes.ts';
export type {
  ActorName,
  AttributeValues,
  ConsentPurposeName,
  CounterRecorder,
  DistributionRecorder,
  EventRecorder,
  GaugeRecorder,
  IntentName,
  OpenSession,
  PointName,
  PurposeName,
  RecorderOf,
  Recorders,
  SeriesRecorder,
  SessionRecorder,
  StateRecorder,
  SubjectName,
} from './recorders.ts';
export { restoreModel } from './restore-model.ts';
export { sha256 } from './sha256.ts';
export type { FieldTable, FieldType, ModelTable, PointKind, PointTable, PurposeTable } from './table.ts';
export { VALUE_KEY } from './table.ts';
export type { UcumUnit, Unit } from './units.ts';
export { isUnit, ucum } from './units.ts';
