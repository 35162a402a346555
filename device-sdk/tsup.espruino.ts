import { readFileSync } from 'node:fs';
import type { Options } from 'tsup';
import ts from 'typescript';

/** To ES5 by the compiler, which esbuild cannot do: the one language that every firmware in the field reads. */
const toEs5: NonNullable<Options['esbuildPlugins']>[number] = {
  name: 'es5',
  setup: (build) => {
    build.onLoad({ filter: /\.ts$/ }, ({ path }) => ({
      contents: ts.transpileModule(readFileSync(path, 'utf8'), {
        compilerOptions: {
          target: ts.ScriptTarget.ES5,
          module: ts.ModuleKind.ESNext,
          verbatimModuleSyntax: true,
        },
      }).outputText,
      loader: 'js',
    }));
  },
};

/**
 * Names that others see: of options, ports, models and status, and of the firmware. All other names of properties become one or two letters, as names of
 * more than 4 cost a variable more. A name that is missing here breaks the tests of the file, which reach a board from outside only.
 */
const publicNames = `start createBoard mqtt record consent flush tick status stop
  link clock random storage transport utf8 unbase64 free wake uptimeMs wall unixMs quality boundMs next fill get put
  open send close onOpen onClose onAck onMessage kind detail
  maxMessageBytes maxQueueBytes flushIntervalMs maxInFlight minRetryMs maxRetryMs ackTimeoutMs minFree hardware software
  problem accepted acked withdrawn queued drops evicted invalid overflow shutdown
  hash points purposes subjects description lat lon accuracyM
  host port tenant device token keepAliveSeconds connect
  hwRand toUint8Array toString memory read write on end
  outbox keep isHeld settle wipe owed kept flash address segments segmentBytes CRC32 getPage addr length erasePage`;

/**
 * The files of a board (docs/boards.md). Each assigns `exports.x` itself: esbuild's CommonJS wrapper loads on Espruino and is silently wrong. Espruino does
 * not hoist: functions stay where the bundler put them, which is before their use.
 */
export const espruino: Options = {
  entry: {
    'espruino/usewire': 'src/platform/espruino/usewire.ts',
    'espruino/usewire-mqtt': 'src/platform/espruino/usewire-mqtt.ts',
    'espruino/usewire-flash': 'src/platform/espruino/usewire-flash.ts',
  },
  format: ['cjs'],
  target: 'es2015',
  platform: 'neutral',
  splitting: false,
  outExtension: () => ({ js: '.min.js' }),
  noExternal: [/^@usewire\/protocol/],
  external: ['net', 'Storage', 'Flash'],
  esbuildPlugins: [toEs5],
  esbuildOptions: (options) => {
    options.conditions = ['@usewire/source', ...(options.conditions ?? [])];
  },
  minify: 'terser',
  terserOptions: {
    ecma: 5,
    toplevel: true,
    compress: { passes: 4, inline: 3, reduce_funcs: true },
    mangle: { properties: { reserved: publicNames.split(/\s+/) } },
    format: { ascii_only: true },
  },
};
