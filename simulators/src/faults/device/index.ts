import { clockJump } from './clock-jump.ts';
import { clockOff } from './clock-off.ts';
import { counterWrap } from './counter-wrap.ts';
import { daysOffline } from './days-offline.ts';
import type { DeviceFault } from './device-fault.ts';
import { disconnect } from './disconnect.ts';
import { duplicate } from './duplicate.ts';
import { halfOpen } from './half-open.ts';
import { lostAck } from './lost-ack.ts';
import { noClock } from './no-clock.ts';
import { offline } from './offline.ts';
import { reboot } from './reboot.ts';
import { rebootLoop } from './reboot-loop.ts';
import { resend } from './resend.ts';

export type { DeviceFault, DeviceStrike } from './device-fault.ts';

/** Everything that can go wrong with a device in virtual time: one line a fault. */
export const deviceFaults = [
  lostAck,
  disconnect,
  duplicate,
  resend,
  halfOpen,
  reboot,
  rebootLoop,
  counterWrap,
  offline,
  daysOffline,
  clockOff,
  clockJump,
  noClock,
] as const satisfies readonly DeviceFault[];
