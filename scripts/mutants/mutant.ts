/** A rule, and a change that breaks it. */
export interface Mutant {
  /** The rule that it breaks. */
  readonly rule: string;
  readonly file: string;
  /** The source text, which occurs once, and its replacement. */
  readonly from: string;
  readonly to: string;
}
