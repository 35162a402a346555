/** Why data is processed. Codes of the registry (DPV 2.3 terms beside them in the data sheet); numbers never change meaning. */
export const PurposeCode = {
  service_provision: 1,
  product_improvement: 2,
  service_optimisation: 3,
  maintenance: 4,
  security: 5,
  personalisation: 6,
  marketing: 7,
  research: 8,
  sale: 9,
  customer_care: 10,
  legal_duty: 11,
  altruism: 12,
} as const;
export type PurposeCodeName = keyof typeof PurposeCode;

/** Legal bases of GDPR article 6(1), a to f. */
export const legalBases = [
  'consent',
  'contract',
  'legal_obligation',
  'vital_interests',
  'public_task',
  'legitimate_interest',
] as const;
export type LegalBasis = (typeof legalBases)[number];

interface PurposeText {
  readonly code: PurposeCodeName;
  readonly title?: string;
  readonly description?: string;
}

/** Special categories (GDPR 9: health, biometrics, ...) need a person's explicit consent; no other basis is offered for them. */
export type Purpose =
  | (PurposeText & { readonly basis: 'consent'; readonly special?: boolean })
  | (PurposeText & { readonly basis: Exclude<LegalBasis, 'consent'>; readonly special?: false });

export type Purposes = { readonly [name: string]: Purpose };
