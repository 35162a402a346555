/** What a person decided about a purpose: 0 refused, 1 granted, 2 withdrawn. */
export const ChoiceCode = { refused: 0, granted: 1, withdrawn: 2 } as const;
export type Choice = (typeof ChoiceCode)[keyof typeof ChoiceCode];
