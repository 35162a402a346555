import { userInfo } from 'node:os';
import { toHex } from '@usewire/protocol/wire';
import type { GatewayConfig } from '../config/schema.ts';
import type { ErasurePlan } from '../domain/erasure/erase-plan.ts';
import type { EraseRequest, Erasure } from '../domain/erasure/erasure.ts';
import type { DeviceId } from '../domain/ports.ts';
import type { DeskRequest, QuarantineDesk, ReplayReport, ReplayRequest } from '../domain/quarantine-desk.ts';
import { type OfflineDesk, openOfflineDesk } from '../offline-desk.ts';
import { withDefaults } from '../options.ts';
import { silentLog } from '../system.ts';
import { adminUrl, askGateway } from './admin-client.ts';
import {
  type Choose,
  localChoose,
  localSignal,
  remoteChoose,
  remoteSignal,
  type SendSignal,
} from './consent-client.ts';
import { claimDataDirectory } from './data-directory.ts';
import { CommandEnd, Exit } from './exit.ts';
import { gatewayOptions } from './gateway-options.ts';
import { readModelFiles } from './model-files.ts';
import { readStore } from './store-reader.ts';

/** The desk of a running gateway, or of its store when none runs. */
export interface DeskClient {
  replay(request: Omit<ReplayRequest, 'by'>): Promise<ReplayReport>;
  drop(request: Omit<DeskRequest, 'by'>): ReturnType<QuarantineDesk['drop']>;
  choose: Choose;
  signal: SendSignal;
  planErasure(question: EraseQuestion): Promise<ErasurePlan>;
  /** Durable when it resolves; the work is a running gateway's. */
  erase(question: EraseQuestion): Promise<Erasure>;
  erasures(): Promise<readonly Erasure[]>;
  isRunning: boolean;
}

/** As people ask: a subject by name or slot; absent = everybody. */
export interface EraseQuestion extends DeviceId {
  subject?: number | string;
  fromMs?: number;
  toMs?: number;
}

/** `url` given: that gateway. Otherwise the store is worked on here if no gateway has it, and else the gateway of the configuration is asked. */
export async function withDesk<T>(
  config: GatewayConfig,
  url: string | undefined,
  work: (desk: DeskClient) => Promise<T>,
): Promise<T> {
  const release = url === undefined ? claimed(config) : null;
  if (release === null) return work(gatewayDesk(url ?? adminUrl(config)));
  const desk = openOfflineDesk(offlineOptions(config));
  try {
    return await work(localDesk(desk));
  } finally {
    await desk.close();
    release();
  }
}

/** null = a gateway runs with this folder. */
function claimed({ dataDirectory }: GatewayConfig): (() => void) | null {
  void readStore(dataDirectory).spool.close();
  try {
    return claimDataDirectory(dataDirectory);
  } catch (error) {
    if (error instanceof CommandEnd && error.message.startsWith('Another gateway')) return null;
    throw error;
  }
}

function offlineOptions(config: GatewayConfig) {
  const models = readModelFiles(config.models);
  const { spool, path, seals, consent } = withDefaults(gatewayOptions(config, models));
  const log = { ...silentLog, error: sayProblem };
  return {
    ...spool,
    earliestPlausibleMs: path.earliestPlausibleMs,
    models,
    log,
    sealPolicy: seals.policy,
    consent,
  };
}

/** The queue tries again for as long as it takes; the person should know what for. */
function sayProblem(event: string, fields?: Record<string, unknown>): void {
  process.stderr.write(`${event} ${JSON.stringify(fields ?? {})}; trying again, Ctrl-C ends.\n`);
}

function who(): string {
  return `command line (${userInfo().username})`;
}

/** The subject as the store knows it. */
function asked(desk: OfflineDesk, question: EraseQuestion): EraseRequest {
  const subject = desk.erasures.slot(question, question.subject);
  if (subject !== undefined) return { ...question, subject, by: who() };
  const { tenant, device, subject: name } = question;
  throw new CommandEnd(Exit.refused, `No model of ${tenant}.${device} has a subject "${name}".`);
}

function localDesk(desk: OfflineDesk): DeskClient {
  return {
    isRunning: false,
    planErasure: async (question) => desk.planErasure(asked(desk, question)),
    erase: async (question) => desk.erasures.ask(asked(desk, question)),
    erasures: async () => desk.erasures.list(),
    choose: localChoose(desk.consents, who()),
    signal: localSignal(desk.consents, who()),
    async replay(request) {
      const answer = await desk.replay({ ...request, by: who() });
      if (answer.ok) return answer.report;
      throw new CommandEnd(Exit.config, answer.problem);
    },
    drop: (request) => desk.drop({ ...request, by: who() }),
  };
}

function gatewayDesk(url: string): DeskClient {
  const post = async (path: string, body: object) => JSON.parse((await askGateway(url, path, body)).text);
  return {
    isRunning: true,
    planErasure: (question) =>
      post('/api/erasures', { ...question, by: who(), dryRun: true }) as Promise<ErasurePlan>,
    erase: (question) => post('/api/erasures', { ...question, by: who() }) as Promise<Erasure>,
    erasures: async () => JSON.parse((await askGateway(url, '/api/erasures')).text) as Erasure[],
    choose: remoteChoose(url, who()),
    signal: remoteSignal(url, who()),
    replay: ({ model, ...request }) =>
      post('/api/quarantine/replay', {
        ...request,
        by: who(),
        ...(model ? { model: toHex(model) } : {}),
      }) as Promise<ReplayReport>,
    drop: (request) =>
      post('/api/quarantine/drop', { ...request, by: who() }) as ReturnType<QuarantineDesk['drop']>,
  };
}
