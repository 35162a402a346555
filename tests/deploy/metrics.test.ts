import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createAdmin, createForwarders, createGateway, recordingSink } from '@usewire/gateway';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const deploy = join(import.meta.dirname, '../../deploy');
const alertsFile = join(deploy, 'prometheus/alerts.yaml');

interface Rule {
  alert: string;
  expr: string;
  labels: { severity: string };
  annotations: { summary: string; action: string };
}

interface Panel {
  id: number;
  title: string;
  gridPos: { x: number; y: number; w: number; h: number };
  targets: { expr: string }[];
}

interface Dashboard {
  panels: Panel[];
  templating: { list: { name: string; definition?: string }[] };
}

const rules = (parse(readFileSync(alertsFile, 'utf8')) as { groups: { rules: Rule[] }[] }).groups.flatMap(
  (group) => group.rules,
);
const dashboard = JSON.parse(readFileSync(join(deploy, 'grafana/usewire-gateway.json'), 'utf8')) as Dashboard;

/** Words of an expression that are names of metrics: all of ours have a prefix, and those of the process one of these. */
function metricsIn(expression: string): string[] {
  return expression.match(/\b(usewire_gateway|process|nodejs)_\w+/g) ?? [];
}

/** Labels that an expression selects or groups by, beside those that Prometheus gives. */
function labelsIn(expression: string): string[] {
  const matchers = [...expression.matchAll(/(\w+)\s*(?:=~|!~|!=|=)\s*"/g)].map(([, name]) => name!);
  const groups = [...expression.matchAll(/\b(?:by|on)\s*\(([^)]*)\)/g)].flatMap(([, list]) =>
    list!.split(/[\s,]+/),
  );
  return [...matchers, ...groups].filter((name) => name !== '' && name !== 'instance');
}

describe('what Prometheus and Grafana are told of a gateway', () => {
  const forwarders = createForwarders();
  const operator = {
    reload: async () => ({ ok: false as const, problems: [] }),
    reloads: () => ({ applied: 0, refused: 0, isGood: true, appliedAtMs: 0 }),
    checkSink: async () => null,
  };
  const gateway = createGateway(
    { spool: { directory: null }, mqtt: { port: 0 } },
    {
      sinks: [recordingSink('usage')],
      parts: [createAdmin({ port: 0, operator }, forwarders), forwarders.part],
    },
  );
  const names = new Set<string>();
  const labels = new Set<string>(['reason']);

  beforeAll(async () => {
    const { httpPort } = await gateway.start();
    const text = await (await fetch(`http://127.0.0.1:${httpPort}/metrics`)).text();
    for (const [, name] of text.matchAll(/^# TYPE (\w+) /gm)) names.add(name!);
    for (const [, label] of text.matchAll(/[{,](\w+)="/g)) labels.add(label!);
  });
  afterAll(() => gateway.stop());

  it.each(rules.map((rule) => [rule.alert, rule] as const))(
    '%s asks for metrics that a gateway has',
    (_name, rule) => {
      expect(metricsIn(rule.expr).length).toBeGreaterThan(0);
      expect(metricsIn(rule.expr).filter((name) => !names.has(name))).toEqual([]);
      expect(labelsIn(rule.expr).filter((label) => !labels.has(label))).toEqual([]);
      expect(rule.labels.severity).toMatch(/^(warning|critical)$/);
      expect([rule.annotations.summary, rule.annotations.action]).not.toContain('');
    },
  );

  const shown = dashboard.panels.flatMap(({ title, targets }) =>
    targets.map(({ expr }) => [title, expr] as const),
  );
  it.each(shown)('the panel "%s" asks for metrics that a gateway has: %s', (_title, expr) => {
    expect(metricsIn(expr).length).toBeGreaterThan(0);
    expect(metricsIn(expr).filter((name) => !names.has(name))).toEqual([]);
    expect(labelsIn(expr).filter((label) => !labels.has(label))).toEqual([]);
  });

  it('fills the lists to choose from by metrics that a gateway has', () => {
    const queries = dashboard.templating.list.flatMap(({ definition }) => definition ?? []);
    expect(queries.length).toBe(2);
    expect(queries.flatMap(metricsIn).filter((name) => !names.has(name))).toEqual([]);
  });

  it('has an alert or a panel for everything that is told of sinks', () => {
    const asked = new Set(
      [...rules.map(({ expr }) => expr), ...shown.map(([, expr]) => expr)].flatMap(metricsIn),
    );
    const ofSinks = [...names].filter((name) => name.startsWith('usewire_gateway_sink_'));
    // In `sink list`, and as the rate of batches and retries.
    const elsewhere = [
      'usewire_gateway_sink_attempts_total',
      'usewire_gateway_sink_delivered_messages_total',
    ];
    expect(ofSinks.filter((name) => !asked.has(name)).sort()).toEqual(elsewhere);
  });

  it('has no panel on another one, and each its own number', () => {
    const places = dashboard.panels.map(({ gridPos }) => `${gridPos.x} ${gridPos.y}`);
    expect(new Set(places).size).toBe(places.length);
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(places.length);
  });
});

/** Debian's package `prometheus`; PROMTOOL names another one. */
const promtool = process.env.PROMTOOL ?? 'promtool';
const hasPromtool = spawnSync(promtool, ['--version']).status === 0;

describe.skipIf(!hasPromtool)('the alert rules (needs promtool)', () => {
  it('are taken by Prometheus', () => {
    const { status, stdout, stderr } = spawnSync(promtool, ['check', 'rules', alertsFile], {
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain(`SUCCESS: ${rules.length} rules found`);
  });

  it('fire for what they say, and not for a sink that an operator has paused', () => {
    const file = join(deploy, '../tests/deploy/alerts.promtool.yaml');
    const { status, stdout, stderr } = spawnSync(promtool, ['test', 'rules', file], { encoding: 'utf8' });
    expect({ status, told: stdout + stderr }).toEqual({
      status: 0,
      told: expect.stringContaining('SUCCESS'),
    });
  });
});
