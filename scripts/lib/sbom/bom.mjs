import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Enums, Models, Serialize, SPDX, Spec, Validation } from '@cyclonedx/cyclonedx-library';
import { root } from '../bootstrap.mjs';
import { licenceOf } from './licences.mjs';
import { published, readLockfile, runtimeOf, sha512Of } from './lockfile.mjs';

const spec = Spec.Spec1dot6;

/** CycloneDX JSON of one published package. No time and no random number is in it: the same lockfile gives the same bytes. */
export function packageBom(name) {
  const lockfile = readLockfile();
  const bom = new Models.Bom();
  const parts = new Map();
  bom.metadata.component = ownComponent(name);
  addRuntime(bom, bom.metadata.component, { name, lockfile, parts });
  return serialized(bom);
}

/** The same of everything that is published together. */
export function wholeBom() {
  const lockfile = readLockfile();
  const bom = new Models.Bom();
  const parts = new Map();
  const { version } = manifestOf('.');
  bom.metadata.component = component(Enums.ComponentType.Application, 'usewire', version);
  for (const name of published) {
    const own = ownPart(bom, name, parts);
    bom.metadata.component.dependencies.add(own.bomRef);
    addRuntime(bom, own, { name, lockfile, parts });
  }
  return serialized(bom);
}

/** What is wrong with a bill of materials by the schema of CycloneDX; null when nothing is. */
export function validate(text) {
  return new Validation.JsonStrictValidator(spec.version).validate(text);
}

function addRuntime(bom, own, { name, lockfile, parts }) {
  const { ours, direct, packages } = runtimeOf(name, lockfile);
  for (const other of ours) {
    own.dependencies.add(ownPart(bom, other, parts).bomRef);
    addRuntime(bom, ownPart(bom, other, parts), { name: other, lockfile, parts });
  }
  for (const entry of packages) foreignPart(bom, entry, { lockfile, parts });
  for (const { key, needs } of packages) {
    for (const need of needs) parts.get(key).dependencies.add(parts.get(need).bomRef);
  }
  for (const key of direct) own.dependencies.add(parts.get(key).bomRef);
}

function ownPart(bom, name, parts) {
  return parts.get(name) ?? added(bom, parts, name, ownComponent(name));
}

function foreignPart(bom, entry, { lockfile, parts }) {
  if (parts.has(entry.key)) return;
  const part = component(Enums.ComponentType.Library, entry.name, entry.version);
  const licence = licenceOf(entry);
  if (licence !== undefined) part.licenses.add(licenceModel(licence));
  part.hashes.set(Enums.HashAlgorithm['SHA-512'], sha512Of(entry, lockfile));
  added(bom, parts, entry.key, part);
}

function added(bom, parts, key, part) {
  parts.set(key, part);
  bom.components.add(part);
  return part;
}

function ownComponent(folder) {
  const { name, version, license } = manifestOf(folder);
  const own = component(Enums.ComponentType.Library, name, version);
  own.licenses.add(licenceModel(license));
  return own;
}

function component(type, name, version) {
  // purl: the @ of a scope is encoded (Package URL, npm).
  const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`;
  const [scope, bare] = name.startsWith('@') ? name.split('/') : [undefined, name];
  return new Models.Component(type, bare, { group: scope, version, purl, bomRef: purl });
}

function licenceModel(licence) {
  if (/ (AND|OR|WITH) /.test(licence)) return new Models.LicenseExpression(licence);
  return SPDX.isSupportedSpdxId(licence) ? new Models.SpdxLicense(licence) : new Models.NamedLicense(licence);
}

function manifestOf(folder) {
  return JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
}

function serialized(bom) {
  const json = new Serialize.JsonSerializer(new Serialize.JSON.Normalize.Factory(spec));
  return `${json.serialize(bom, { sortLists: true, space: 2 })}\n`;
}
