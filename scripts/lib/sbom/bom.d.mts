export function packageBom(name: string): string;
export function wholeBom(): string;
export function validate(text: string): Promise<unknown>;
