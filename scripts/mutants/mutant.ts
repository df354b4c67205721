/** A rule, and how it is taken back. */
export interface Mutant {
  /** The rule that it breaks. */
  readonly rule: string;
  readonly file: string;
  /** What stands there, once, and what is put in its place. */
  readonly from: string;
  readonly to: string;
}
