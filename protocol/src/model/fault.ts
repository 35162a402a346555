/** Stable codes of faults in a model. */
export type ModelFaultCode =
  | 'MODEL_NAME'
  | 'MODEL_VERSION'
  | 'MODEL_KEY_UNKNOWN'
  | 'MODEL_KEY_MISSING'
  | 'MODEL_TYPE'
  | 'MODEL_LIMIT'
  | 'PURPOSE_BASIS'
  | 'PURPOSE_CODE'
  | 'PURPOSE_SPECIAL'
  | 'POINT_NAME'
  | 'POINT_KIND'
  | 'POINT_ID'
  | 'POINT_ID_TWICE'
  | 'POINT_PURPOSE'
  | 'POINT_SENSITIVITY'
  | 'POINT_SPECIAL'
  | 'POINT_SUBJECTS'
  | 'POINT_CONTEXT'
  | 'POINT_RETENTION'
  | 'POINT_PRIORITY'
  | 'POINT_RESOLUTION'
  | 'POINT_PERIOD'
  | 'POINT_VALUES'
  | 'ATTRIBUTE_NAME'
  | 'ATTRIBUTE_TYPE'
  | 'NUMBER_RANGE'
  | 'NUMBER_SCALE'
  | 'NUMBER_UNIT'
  | 'NUMBER_OUTSIDE'
  | 'ENUM_LABELS'
  | 'SIZE_LIMIT'
  | 'SETTING_DEFAULT'
  | 'RULE_POINT'
  | 'RULE_TEST'
  | 'RULE_EVENT';

export interface ModelFault {
  readonly code: ModelFaultCode;
  /** Where: 'points.heart_rate.range'. */
  readonly path: string;
  /** What is wrong and what to write instead, one sentence. */
  readonly message: string;
}

/** Thrown by `product()` for a model that no table can be made of. */
export interface ModelError extends Error {
  code: ModelFaultCode;
  path: string;
  faults: ModelFault[];
}

export function modelError(code: ModelFaultCode, path: string, message: string): ModelError {
  const error = new Error(path + ': ' + message) as ModelError;
  error.code = code;
  error.path = path;
  error.faults = [{ code, path, message }];
  return error;
}
