/** What a browser tells of its page. Other platforms tell nothing. */
import { Observable, type Subscriber } from 'rxjs';
import { listen } from '../listen.js';

/**
 * What happens to the page or the device. `wake`: it may have slept, so a connection that looks open may be dead.
 * `freeze`: it is put away and its code stops, so a connection is of no use.
 */
export type Lifecycle = 'wake' | 'freeze';

/** The parts of a page. Other platforms have none of them, or only some. */
const page = globalThis as {
  readonly document?: Partial<Document>;
  readonly navigator?: { readonly onLine?: boolean };
};

/** Cold: listens to the page while it is subscribed to, if there is one. */
const onPage = <T>(listeners: (subscriber: Subscriber<T>) => Readonly<Record<string, (event: Event) => void>>) =>
  new Observable<T>((subscriber) => {
    const targets = [globalThis, page.document];
    if (targets.some((target) => typeof target?.addEventListener !== 'function')) return;
    for (const [type, hear] of Object.entries(listeners(subscriber)))
      subscriber.add(listen(type === 'visibilitychange' ? document : globalThis, type, hear));
  });

/** Whether the page goes to, or comes from, the cache for going back and forward. */
const isCached = (event: Event): boolean => 'persisted' in event && event.persisted === true;

/**
 * Cold: whether there is a network. Emits what the browser says now, then what it tells, and again when the page may
 * have missed something.
 */
export const pageNetwork$ = onPage<boolean>((subscriber) => {
  const tell = (): void => subscriber.next(page.navigator?.onLine !== false);
  tell();
  return {
    online: () => subscriber.next(true),
    offline: () => subscriber.next(false),
    pageshow: tell,
    visibilitychange: tell,
  };
});

/** Cold: when the page wakes up, and when the browser puts it away to show it again later. */
export const pageLifecycle$ = onPage<Lifecycle>((subscriber) => {
  const wake = (): void => subscriber.next('wake');
  return {
    online: wake,
    pageshow: wake,
    visibilitychange: () => {
      if (page.document?.visibilityState === 'visible') wake();
    },
    pagehide: (event) => {
      if (isCached(event)) subscriber.next('freeze');
    },
  };
});
