import { defined } from '../../codecs/defined.js';

interface Signed {
  readonly t: number | undefined;
  readonly n: string | undefined;
  readonly s: string | undefined;
}

/** The signature of a command; empty if it has none. */
export const signed = ({ t, n, s }: Signed): { readonly t?: number; readonly n?: string; readonly s?: string } =>
  defined({ t, n, s });
