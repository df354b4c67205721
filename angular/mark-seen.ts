/** Marks as read what a user has seen. */
import {
  DestroyRef,
  Directive,
  ElementRef,
  InjectionToken,
  NgZone,
  effect,
  inject,
  input,
  untracked,
} from '@angular/core';
import type { TimelineEntry } from 'rx-realtime';
import type { TimelineSignals } from './timeline.js';

/** Tells each time the element comes into view or leaves it. Gives a function that ends it. */
type Watch = (element: Element, tell: (isInView: boolean) => void) => () => void;

/** One observer serves all elements of the application. Where there is none, as on a server, nothing is seen. */
const WATCH = new InjectionToken<Watch>('rx-realtime: what comes into view', {
  providedIn: 'root',
  factory: () => {
    const zone = inject(NgZone);
    if (typeof IntersectionObserver === 'undefined') return () => () => undefined;
    const watched = new Map<Element, (isInView: boolean) => void>();
    const observer = zone.runOutsideAngular(
      () =>
        new IntersectionObserver((changes) => {
          const tell = (): void =>
            changes.forEach(({ target, isIntersecting }) => watched.get(target)?.(isIntersecting));
          // Nothing follows from what leaves.
          if (changes.some(({ isIntersecting }) => isIntersecting)) zone.run(tell);
          else tell();
        }),
    );
    inject(DestroyRef).onDestroy(() => observer.disconnect());
    return (element, tell) => {
      watched.set(element, tell);
      observer.observe(element);
      return () => {
        watched.delete(element);
        observer.unobserve(element);
      };
    };
  },
});

/**
 * Marks a message of another user as read, and all before it, when its element comes into view, or when an element that
 * is in view shows it.
 *
 * @example
 * @for (entry of timeline.entries(); track timeline.keyOf(entry)) {
 *   <li [rxSeen]="entry" [rxSeenIn]="timeline">…</li>
 * }
 */
@Directive({ selector: '[rxSeen]' })
export class MarkSeen {
  /** The entry that the element shows. */
  readonly rxSeen = input.required<TimelineEntry>();
  /** The timeline of the entry. */
  readonly rxSeenIn = input.required<Pick<TimelineSignals, 'read' | 'tickOf'>>();

  constructor() {
    const { nativeElement } = inject<ElementRef<Element>>(ElementRef);
    let isInView = false;
    const mark = (entry: TimelineEntry, timeline: Pick<TimelineSignals, 'read' | 'tickOf'>): void => {
      // Only messages of others have no tick.
      if (isInView && entry._tag === 'Message' && timeline.tickOf(entry) === undefined) timeline.read(entry.message);
    };
    // An element that stays in view may show another entry, as with `track $index`.
    effect(() => {
      const [entry, timeline] = [this.rxSeen(), this.rxSeenIn()];
      untracked(() => mark(entry, timeline));
    });
    const unwatch = inject(WATCH)(nativeElement, (isIn) => {
      isInView = isIn;
      if (isIn) mark(this.rxSeen(), this.rxSeenIn());
    });
    inject(DestroyRef).onDestroy(unwatch);
  }
}
