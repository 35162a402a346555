export { replayCommand } from './command.ts';
export { type ReplayProduct, replayModels } from './models/index.ts';
export type { Progress, ReplayOptions } from './options.ts';
export { type ReplayOutcome, replay } from './replay.ts';
export type { FileReport, ReplayReport } from './report.ts';
