import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, untilListening } from '../until-listening.mjs';

const VERSION = '3.9.1';
const cache = join(import.meta.dirname, '..', '..', '..', 'node_modules', '.cache', `kafka-${VERSION}`);

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>usewire</groupId><artifactId>kafka-for-tests</artifactId><version>1</version>
<dependencies><dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>${VERSION}</version></dependency></dependencies>
</project>`;

/** Why there is no Kafka here; null = there is. Its jars are fetched once, by Maven, into node_modules/.cache. */
export function whyNoKafka() {
  for (const command of ['java', 'mvn']) {
    try {
      execFileSync(command, ['-version'], { stdio: 'pipe' });
    } catch {
      return `no ${command} here`;
    }
  }
  try {
    fetchJars();
    return null;
  } catch (error) {
    return `Maven could not bring it (${String(error.message).split('\n')[0]})`;
  }
}

function fetchJars() {
  if (existsSync(cache)) return;
  const folder = mkdtempSync(join(tmpdir(), 'usewire-kafka-jars-'));
  writeFileSync(join(folder, 'pom.xml'), POM);
  const args = [
    '-q',
    '-B',
    'dependency:copy-dependencies',
    '-DoutputDirectory=jars',
    '-DincludeScope=runtime',
  ];
  execFileSync('mvn', args, { cwd: folder, stdio: 'pipe', timeout: 300_000 });
  mkdirSync(join(cache, '..'), { recursive: true });
  try {
    renameSync(join(folder, 'jars'), cache);
  } catch (error) {
    // Another file of tests was first, or the folders are on two disks.
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST')
      execFileSync('cp', ['-r', join(folder, 'jars'), cache]);
  }
  rmSync(folder, { recursive: true, force: true });
}

/** A real broker of its own: KRaft, one node, data in a temporary folder. */
export async function startKafka() {
  const directory = mkdtempSync(join(tmpdir(), 'usewire-kafka-'));
  const [port, controller] = [await freePort(), await freePort()];
  const properties = join(directory, 'server.properties');
  writeFileSync(properties, settings({ port, controller, data: join(directory, 'data') }));
  const java = ['-Xmx384m', '-cp', join(cache, '*')];
  const format = ['kafka.tools.StorageTool', 'format', '-t', 'MkU3OEVBNTcwNTJENDM2Qg', '-c', properties];
  execFileSync('java', [...java, ...format], { stdio: 'pipe' });
  let child;
  const start = async () => {
    child = spawn('java', [...java, 'kafka.Kafka', properties], { stdio: 'ignore' });
    await untilListening('Kafka', { port, child, answers });
  };
  await start();
  const kill = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  };
  return {
    broker: `127.0.0.1:${port}`,
    start,
    kill,
    signal: (name) => child.kill(name),
    async remove() {
      await kill();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function settings({ port, controller, data }) {
  return `process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:${controller}
listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controller}
advertised.listeners=PLAINTEXT://127.0.0.1:${port}
controller.listener.names=CONTROLLER
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs=${data}
offsets.topic.replication.factor=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
auto.create.topics.enable=false
broker.session.timeout.ms=2000
broker.heartbeat.interval.ms=500
`;
}

function answers(port) {
  return new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port });
    socket.once('connect', () => resolve(socket.destroy() && true));
    socket.once('error', () => resolve(false));
  });
}
