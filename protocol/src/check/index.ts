export { type BoardModelResult, boardModelFile, toBoardModel } from './board-model.ts';
export { toCddl } from './cddl.ts';
export { checkModel } from './check-model.ts';
export { type DataColumns, FLAG_ATTRIBUTE_RANGE, FLAG_VALUE_RANGE } from './columns.ts';
export {
  compileModel,
  type DataAccepted,
  type DataChecker,
  type DataRefused,
  type DataVerdict,
} from './compile.ts';
export { type ExportSource, exportLines } from './export-lines.ts';
export { type JsonSchema, toJsonSchema } from './json-schema.ts';
export {
  type AttributeReading,
  type DecodedRecord,
  type HistogramReading,
  type LocationReading,
  materialise,
  type Reading,
} from './materialise.ts';
export { type ModelFileResult, parseModelFile } from './model-file.ts';
export { toModelJson } from './model-json.ts';
export { type MessageHead, peekHead } from './peek.ts';
export { type DataSheetOptions, type Recipient, toDataSheet, toDataSheetPage } from './sheet/data-sheet.ts';
export { pointSqlColumns, type SqlColumn, toSqlColumns, unitWord } from './sql-columns.ts';
