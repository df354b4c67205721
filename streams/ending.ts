/** How a stream has ended: with an error, or completed. */
export interface Ending {
  readonly error?: unknown;
}

export const finish = (observer: { error(error: unknown): void; complete(): void }, how: Ending): void => {
  if ('error' in how) observer.error(how.error);
  else observer.complete();
};
