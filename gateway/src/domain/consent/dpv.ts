const DPV = 'https://w3id.org/dpv#';

/** The narrowest term of W3C DPV 2.3 that all uses of a purpose code fall under; index = code (POU-MODEL: 1 to 12). */
const TERMS = [
  '',
  'ServiceProvision',
  'ImproveExistingProductsAndServices',
  'ServiceOptimisation',
  'RepairImpairments',
  'EnforceSecurity',
  'ServicePersonalisation',
  'Marketing',
  'ResearchAndDevelopment',
  'SellDataToThirdParties',
  'CustomerCare',
  'FulfilmentOfObligation',
  'DataAltruism',
];

/** IRI of a purpose code; '' for a code that the registry does not have. */
export function purposeIri(code: number): string {
  const term = TERMS[code];
  return term ? DPV + term : '';
}

const STATES = ['ConsentRefused', 'ConsentGiven', 'ConsentWithdrawn'];

/** IRI of the state that a choice leaves a purpose in. */
export function stateIri(choice: number): string {
  return DPV + (STATES[choice] ?? 'ConsentUnknown');
}
