/** What `createDevice` and `start` throw: the caller's options cannot work. Recording and sending never throw. */
export type DeviceErrorCode = 'DEV_OPTION' | 'DEV_DATA_DIR' | 'DEV_DATA_DIR_BUSY';

export interface DeviceError extends Error {
  code: DeviceErrorCode;
}

export function deviceError(code: DeviceErrorCode, message: string): DeviceError {
  const error = new Error(message) as DeviceError;
  error.name = 'DeviceError';
  error.code = code;
  return error;
}
