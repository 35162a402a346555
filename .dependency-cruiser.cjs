/** Who may import whom: ARCHITECTURE.md "Walls". Project references hold most of it at compile time; this holds all of it in CI. */
const src = (path) => `^${path}`;
const forbid = (name, from, to, comment) => ({ name, severity: 'error', comment, from, to });
/** Tests and what only they use. */
const test = '\\.(test|fixture)\\.ts$';

module.exports = {
  forbidden: [
    forbid('no-circular', {}, { circular: true }, 'A cycle means a concept is missing'),
    forbid(
      'wire-imports-nothing',
      { path: src('protocol/src/wire/'), pathNot: test },
      { pathNot: src('protocol/src/wire/') },
      'The wire format runs on boards',
    ),
    forbid(
      'model-imports-wire-only',
      { path: src('protocol/src/model/'), pathNot: test },
      { pathNot: src('protocol/src/(wire|model)/') },
      'Models run on boards',
    ),
    forbid(
      'serial-imports-nothing',
      { path: src('protocol/src/serial/'), pathNot: test },
      { pathNot: src('protocol/src/serial/') },
      'Serial framing runs on boards and knows bytes only',
    ),
    forbid(
      'protocol-is-the-contract',
      { path: src('protocol/') },
      { path: src('(device-sdk|gateway|simulators|examples)/') },
      'Nothing of ours below the contract',
    ),
    forbid(
      'check-uses-zod-only',
      { path: src('protocol/src/check/'), pathNot: test },
      { dependencyTypes: ['npm', 'npm-dev'], pathNot: 'node_modules/.*zod' },
      "zod is the checker's one library",
    ),
    forbid(
      'seal-imports-wire-only',
      { path: src('protocol/src/seal/'), pathNot: test },
      { pathNot: [src('protocol/src/(wire|seal)/'), '^(node:)?crypto$'] },
      'What a seal rests on is node:crypto and the wire format',
    ),
    forbid(
      'core-is-portable',
      { path: src('device-sdk/src/core/'), pathNot: test },
      { pathNot: src('(device-sdk/src/core/|protocol/src/(wire|model)/)') },
      'The core reaches the world by ports',
    ),
    forbid(
      'board-is-portable',
      { path: src('device-sdk/src/board/'), pathNot: test },
      {
        pathNot: src(
          '(device-sdk/src/board/|device-sdk/src/core/(ports|backoff)[.]ts|protocol/src/(wire|model)/)',
        ),
      },
      'The kernel shares ports and pure functions with the core, and nothing that has state',
    ),
    forbid(
      'flash-on-board',
      { path: src('device-sdk/src/flash/'), pathNot: test },
      { pathNot: src('(device-sdk/src/(flash|board)/|protocol/src/wire/)') },
      'The outbox in flash is a part of a board and needs nothing else',
    ),
    forbid(
      'espruino-on-board',
      { path: src('device-sdk/src/platform/espruino/'), pathNot: test },
      { path: src('device-sdk/src/core/'), pathNot: src('device-sdk/src/core/ports[.]ts') },
      'The core does not fit a board',
    ),
    forbid(
      'platforms-apart',
      { path: src('device-sdk/src/platform/([^/]+)/') },
      { path: src('device-sdk/src/platform/'), pathNot: src('device-sdk/src/platform/$1/') },
      'One platform does not import another',
    ),
    forbid(
      'seals-around-ports',
      { path: src('device-sdk/src/seal/'), pathNot: test },
      { pathNot: [src('(device-sdk/src/(seal|core)/|protocol/src/(wire|seal)/)'), '^(node:)?(crypto|fs)$'] },
      'Seals are put around a transport, whichever it is',
    ),
    forbid(
      'seals-are-optional',
      { path: src('device-sdk/src/(core|platform)/'), pathNot: test },
      { path: src('(device-sdk|protocol)/src/seal/') },
      'Who does not seal does not load it',
    ),
    forbid(
      'serial-lines-around-ports',
      { path: src('device-sdk/src/serial/'), pathNot: test },
      { pathNot: src('(device-sdk/src/(serial|core)/|protocol/src/(wire|serial)/)') },
      "The line is the caller's: no library of ports in the SDK",
    ),
    forbid(
      'serial-is-optional',
      { path: src('device-sdk/src/(core|platform/node|seal)/'), pathNot: test },
      { path: src('(device-sdk|protocol)/src/serial/') },
      'Who has no serial line does not load it',
    ),
    forbid(
      'http-around-ports',
      { path: src('device-sdk/src/http/'), pathNot: test },
      { pathNot: src('(device-sdk/src/(http|core)/|protocol/src/wire/)') },
      'It needs fetch and nothing else',
    ),
    forbid(
      'http-is-optional',
      { path: src('device-sdk/src/(core|platform/node|seal|serial)/'), pathNot: test },
      { path: src('device-sdk/src/http/') },
      'Who does not post does not load it',
    ),
    forbid(
      'device-not-gateway',
      { path: src('device-sdk/') },
      { path: src('(gateway|simulators)/') },
      "A device does not know its gateway's code",
    ),
    forbid(
      'domain-is-pure',
      { path: src('gateway/src/domain/'), pathNot: test },
      { pathNot: src('(gateway/src/domain/|protocol/src/)') },
      'Policy has no clock, socket or file',
    ),
    forbid(
      'adapters-apart',
      { path: src('gateway/src/(ingress|spool|sinks|shared|admin|observability)/'), pathNot: test },
      {
        path: src('gateway/src/(ingress|spool|sinks|shared|admin|observability)/'),
        pathNot: src('gateway/src/$1/'),
      },
      'Adapters meet in the assembly only',
    ),
    forbid(
      'aedes-in-one-place',
      { path: src('gateway/src/'), pathNot: [src('gateway/src/ingress/'), test] },
      { path: 'node_modules/.*/aedes/' },
      'Only the MQTT ingress knows the broker',
    ),
    forbid(
      'mqtt-packet-in-one-place',
      { path: src('gateway/src/'), pathNot: [src('gateway/src/ingress/cluster/'), test] },
      { path: 'node_modules/.*/mqtt-packet/' },
      'Only the ingress from a cluster speaks MQTT 5',
    ),
    forbid(
      'serialport-in-one-place',
      { path: src('gateway/src/'), pathNot: [src('gateway/src/ingress/serial/'), test] },
      { path: 'node_modules/.*/serialport/' },
      'Only the serial ingress knows ports',
    ),
    forbid(
      'sqlite-in-two-places',
      { path: src('gateway/src/'), pathNot: [src('gateway/src/(spool|sinks|sqlite)'), test] },
      { path: 'node_modules/.*/@photostructure/sqlite/' },
      'Spool and the SQLite sink',
    ),
    forbid(
      'pg-in-one-place',
      { path: src('gateway/src/'), pathNot: [src('gateway/src/sinks/postgres/'), test] },
      { path: 'node_modules/.*/pg/' },
      'Only the PostgreSQL sink knows its client',
    ),
    forbid(
      'nats-in-one-place',
      { path: src('gateway/src/'), pathNot: [src('gateway/src/(sinks/nats|shared/nats)'), test] },
      { path: 'node_modules/.*/@nats-io/' },
      'Only the NATS sink and the shared state know its client',
    ),
    forbid(
      'kafka-in-one-place',
      { path: src('gateway/src/'), pathNot: [src('gateway/src/sinks/kafka'), test] },
      { path: 'node_modules/.*/@platformatic/kafka/' },
      'Only the Kafka sink knows its client',
    ),
    forbid(
      'parquet-in-one-place',
      { path: src('gateway/src/'), pathNot: [src('gateway/src/sinks/parquet/'), test] },
      { path: 'node_modules/.*/hyparquet-writer/' },
      'Only the table writer knows its library',
    ),
    forbid(
      's3-in-one-place',
      { path: src('gateway/src/'), pathNot: [src('gateway/src/sinks/s3/'), test] },
      { path: 'node_modules/.*/@aws-sdk/' },
      'Only the S3 sink knows its client',
    ),
    forbid(
      'gateway-not-device',
      { path: src('gateway/src/'), pathNot: test },
      { path: src('(device-sdk|simulators)/') },
      'The gateway knows the protocol, not the SDK',
    ),
    forbid(
      'simulators-talk-like-a-board',
      { path: src('simulators/src/') },
      { path: src('gateway/') },
      'Only tests join device and gateway',
    ),
    forbid(
      'public-entries-only',
      { path: src('(examples|tests)/'), pathNot: src('tests/(bundle|types|support|bench)/') },
      {
        path: src('(device-sdk|gateway|protocol|simulators)/src/'),
        pathNot: '/(index\\.ts)$|^protocol/(tools|vectors)/',
      },
      'No deep paths from outside a package',
    ),
    forbid(
      'no-undeclared-packages',
      { path: src('(protocol|device-sdk|gateway|simulators)/src/'), pathNot: test },
      {
        // Storage and Flash are modules of Espruino's firmware; the S3 client is a peer that may be missing.
        pathNot:
          '^(protocol|device-sdk|gateway|simulators)/|^(Storage|Flash)$|node_modules/.*/@aws-sdk/client-s3/',
        dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'unknown', 'undetermined'],
      },
      'Declare what you import',
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(dist|coverage)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['@usewire/source', 'import', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.mjs', '.json'],
    },
  },
};
