/**
 * What a board knows of its product model, made where it is built (`toBoardModel` of `@usewire/protocol/check`, `usewire model board`). A point is one
 * text: 36 bytes of it take 3 variables of Espruino, the same as objects 25. Its lines are the point, then its fields; parts of a line stand
 * apart by tabs, for names and labels of a model have no control characters.
 *
 *     id  kind  purpose  perSubject  priority  ms
 *     name  key  type  ...
 *
 * kind: e event, g gauge, s state, c counter, d session (duration), t series. purpose: its code where a person's grant is needed, else 0.
 * perSubject: 1 or 0. priority: 0 critical, 1 normal, 2 bulk. ms: the period of a series, else the resolution. The field of the value, where there is
 * one, is the first. type: i int (times, by, min, max), e enum (labels), b bool, t text (most bytes), l location; a capital where the
 * field is optional.
 */
export interface BoardModel {
  /** First 8 bytes of the model hash, base64. */
  hash: string;
  points: { [name: string]: string };
  /** Codes of the purposes that need a grant, by name. */
  purposes: { [name: string]: number };
  subjects: readonly string[];
  /** The canonical description, base64: told when a gateway asks for it. Left out, the gateway has to have the model. */
  description?: () => string;
}
