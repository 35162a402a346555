/** Why a port cannot be opened, and what to do, in words. */
export function openFailure(path: string, error: unknown): string {
  const { message = String(error), code = '' } = error as { message?: string; code?: string };
  const found = causes.find(([pattern]) => pattern.test(`${code} ${message}`));
  return found === undefined ? `${path} cannot be opened: ${message}` : `${path} ${found[1]}`;
}

/** serialport gives no codes for most of them, but the system's own words. */
const causes: readonly [RegExp, string][] = [
  [/ENOENT|No such file/i, 'is not there: plug the device in (usewire ports lists what is)'],
  [
    /EACCES|EPERM|Permission denied|Access denied/i,
    'may not be opened by this user: add it to the group that owns the port (often dialout)',
  ],
  [
    /EBUSY|EAGAIN|Cannot lock|Resource (busy|temporarily unavailable)/i,
    'is open in another program: end that one (a terminal, a modem manager, another gateway)',
  ],
  [/ENOTTY|Inappropriate ioctl/i, 'is no serial port: name a device such as /dev/ttyUSB0'],
  [/ENXIO|EIO|ENODEV/i, 'does not answer: the cable or the device behind it is gone'],
];
