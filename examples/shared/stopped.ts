import { firstValueFrom, fromEvent, merge } from 'rxjs';

/** Resolves at the first Ctrl-C, or when somebody else asks this program to stop. */
export const stopped = (): Promise<unknown> =>
  firstValueFrom(merge(fromEvent(process, 'SIGINT'), fromEvent(process, 'SIGTERM')));
