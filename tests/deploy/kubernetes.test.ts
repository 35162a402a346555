import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { StatefulSet } from 'kubernetes-models/apps/v1';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1';
import { Namespace, Service } from 'kubernetes-models/v1';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';

const folder = join(import.meta.dirname, '../../deploy/kubernetes');
const read = (name: string) => readFileSync(join(folder, name), 'utf8');

interface Manifest {
  kind: string;
  metadata: { name: string };
}

/** Each checks its manifest against the JSON Schema of the Kubernetes API. */
const models: Record<string, new (manifest: never) => { validate(): void }> = {
  Namespace,
  NetworkPolicy,
  PodDisruptionBudget,
  Service,
  StatefulSet,
};

const { resources, configMapGenerator } = parse(read('kustomization.yaml')) as {
  resources: string[];
  configMapGenerator: { name: string; files: string[] }[];
};
const manifests = resources.flatMap((file) =>
  parseAllDocuments(read(file)).map((document) => document.toJS() as Manifest),
);
const problemOf = (manifest: Manifest) => {
  const Model = models[manifest.kind]!;
  try {
    new Model(manifest as never).validate();
    return '';
  } catch (error) {
    return String(error);
  }
};

const set = new StatefulSet(manifests.find(({ kind }) => kind === 'StatefulSet') as never);
const pod = set.spec!.template.spec!;
const labels = set.spec!.template.metadata!.labels!;

describe('the Kubernetes manifests', () => {
  it.each(manifests.map((manifest) => [manifest.kind, manifest.metadata.name, manifest] as const))(
    '%s %s is what the API takes',
    (_kind, _name, manifest) => expect(problemOf(manifest)).toBe(''),
  );

  it('would be refused if a key were misspelt', () => {
    const wrong = structuredClone(set) as unknown as {
      spec: { template: { spec: Record<string, unknown> } };
    };
    wrong.spec.template.spec = { containerz: [] };
    expect(problemOf({ ...wrong, kind: 'StatefulSet' } as unknown as Manifest)).toMatch(/containers/);
  });

  it('names every file of the folder', () => {
    const named = [...resources, ...configMapGenerator.flatMap(({ files }) => files), 'kustomization.yaml'];
    expect(named.toSorted()).toEqual(readdirSync(folder).toSorted());
  });

  it('mounts what it declares: volumes, claims, the configuration', () => {
    const there = [
      ...(pod.volumes ?? []).map(({ name }) => name),
      ...(set.spec!.volumeClaimTemplates ?? []).map(({ metadata }) => metadata!.name),
    ];
    const mounts = pod.containers[0]!.volumeMounts ?? [];
    expect(mounts.map(({ name }) => name).toSorted()).toEqual(there.toSorted());
    expect(pod.volumes!.find(({ name }) => name === 'config')!.configMap!.name).toBe(
      configMapGenerator[0]!.name,
    );
    const { dataDirectory } = parse(read('usewire.yaml')) as { dataDirectory: string };
    expect(mounts.map(({ mountPath }) => mountPath)).toContain(dataDirectory);
  });

  it('has selectors that find the pods, and ports that are there', () => {
    const selectors = manifests.flatMap((manifest) => {
      const { spec } = manifest as unknown as { spec?: Record<string, { matchLabels?: object }> };
      const selector = spec?.selector ?? spec?.podSelector;
      return selector === undefined ? [] : [selector.matchLabels ?? selector];
    });
    expect(selectors).toHaveLength(5);
    for (const selector of selectors) expect(labels).toMatchObject(selector);
    const ports = pod.containers[0]!.ports!.map(({ name }) => name);
    const { listen } = parse(read('usewire.yaml')) as { listen: { mqtts: { port: number } } };
    expect(pod.containers[0]!.ports![0]!.containerPort).toBe(listen.mqtts.port);
    const services = manifests.filter(({ kind }) => kind === 'Service') as unknown as {
      spec: { ports: { targetPort: string }[] };
    }[];
    for (const { spec } of services) expect(ports).toContain(spec.ports[0]!.targetPort);
  });

  it('keeps the store when pods or the set go, and never gives it to two', () => {
    expect(set.spec!.persistentVolumeClaimRetentionPolicy).toEqual({
      whenDeleted: 'Retain',
      whenScaled: 'Retain',
    });
    expect(set.spec!.volumeClaimTemplates![0]!.spec!.accessModes).toEqual(['ReadWriteOncePod']);
  });
});
