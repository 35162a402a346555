import { checkControls } from './control-faults.ts';
import type { ModelFault } from './fault.ts';
import {
  checkKeys,
  checkTexts,
  checkWords,
  fault,
  isMap,
  isName,
  isWholeIn,
  type Loose,
  shown,
} from './fault-checks.ts';
import { hint } from './nearest.ts';
import { checkPoints } from './point-faults.ts';
import { legalBases, PurposeCode } from './purposes.ts';

const modelKeys =
  'product version title description purposes subjects intents actors points config commands rules';

/** Words of lower-case letters, digits, _ and -, joined by dots: 'acme.bed-2'. */
function isProductName(value: unknown): boolean {
  if (typeof value !== 'string' || value.length > 64) {
    return false;
  }
  const words = value.split('.');
  for (let i = 0; i < words.length; i++) {
    if (!isName('a' + words[i].split('-').join('_')) || words[i] === '') {
      return false;
    }
  }
  return true;
}

function checkPurpose(faults: ModelFault[], path: string, purpose: Loose): void {
  checkKeys(faults, path, purpose, { known: 'basis code special title description', needed: 'basis code' });
  checkTexts(faults, path, purpose);
  const bases = legalBases as readonly string[];
  const codes = Object.keys(PurposeCode);
  if (purpose.basis !== undefined && bases.indexOf(purpose.basis as string) < 0) {
    const tip = hint(String(purpose.basis), bases);
    fault(faults, 'PURPOSE_BASIS', path + '.basis', shown(purpose.basis) + ' is no legal basis; ' + tip);
  }
  if (purpose.code !== undefined && codes.indexOf(purpose.code as string) < 0) {
    const tip = hint(String(purpose.code), codes);
    fault(faults, 'PURPOSE_CODE', path + '.code', shown(purpose.code) + ' is no purpose code; ' + tip);
  }
  if (purpose.special !== undefined && typeof purpose.special !== 'boolean') {
    fault(faults, 'MODEL_TYPE', path + '.special', 'is true or false, not ' + shown(purpose.special));
  } else if (purpose.special === true && purpose.basis !== 'consent') {
    const message = "special categories of data need explicit consent; set basis to 'consent'";
    fault(faults, 'PURPOSE_SPECIAL', path + '.special', message);
  }
}

function checkPurposes(faults: ModelFault[], purposes: unknown): void {
  if (!isMap(purposes) || Object.keys(purposes).length === 0 || Object.keys(purposes).length > 64) {
    fault(
      faults,
      'MODEL_LIMIT',
      'purposes',
      'is an object of 1 to 64 purposes by name, not ' + shown(purposes),
    );
    return;
  }
  const names = Object.keys(purposes);
  for (let i = 0; i < names.length; i++) {
    const path = 'purposes.' + names[i];
    const purpose = purposes[names[i]];
    if (!isName(names[i])) {
      fault(
        faults,
        'MODEL_NAME',
        path,
        'a name has lower-case letters, digits and _, and begins with a letter',
      );
    }
    if (isMap(purpose)) {
      checkPurpose(faults, path, purpose);
    } else {
      fault(faults, 'MODEL_TYPE', path, 'is an object, not ' + shown(purpose));
    }
  }
}

function checkHead(faults: ModelFault[], model: Loose): void {
  if (!isProductName(model.product)) {
    const wanted = "is lower-case words joined by dots, like 'acme.bed', up to 64 characters, not ";
    fault(faults, 'MODEL_NAME', 'product', wanted + shown(model.product));
  }
  if (!isWholeIn(model.version, 1, 4294967295)) {
    fault(faults, 'MODEL_VERSION', 'version', 'is a whole number from 1, not ' + shown(model.version));
  }
  checkKeys(faults, 'model', model, { known: modelKeys, needed: '' });
  checkTexts(faults, 'model', model);
}

/** All faults of a model, in reading order. Takes anything: plain JavaScript and model files come here too. */
export function findModelFaults(model: Loose): ModelFault[] {
  const faults: ModelFault[] = [];
  checkHead(faults, model);
  checkPurposes(faults, model.purposes);
  checkWords(faults, 'subjects', model.subjects, { code: 'MODEL_TYPE', least: 0, most: 255, names: true });
  checkWords(faults, 'intents', model.intents, { code: 'MODEL_TYPE', least: 0, most: 255, names: false });
  checkWords(faults, 'actors', model.actors, { code: 'MODEL_TYPE', least: 0, most: 255, names: false });
  checkPoints(faults, model);
  checkControls(faults, model);
  return faults;
}
