/** Marks as read what a user has seen. */
import { DestroyRef, Directive, ElementRef, InjectionToken, NgZone, inject, input } from '@angular/core';
import type { TimelineEntry } from 'rx-realtime';
import type { TimelineSignals } from './timeline.js';

/** Calls `seen` each time the element comes into view. Gives a function that ends it. */
type Watch = (element: Element, seen: () => void) => () => void;

/** One observer serves all elements of the application. Where there is none, as on a server, nothing is seen. */
const WATCH = new InjectionToken<Watch>('rx-realtime: what comes into view', {
  providedIn: 'root',
  factory: () => {
    const zone = inject(NgZone);
    if (typeof IntersectionObserver === 'undefined') return () => () => undefined;
    const watched = new Map<Element, () => void>();
    const observer = zone.runOutsideAngular(
      () =>
        new IntersectionObserver((changes) => {
          const seen = changes.filter(({ isIntersecting }) => isIntersecting);
          if (seen.length > 0) zone.run(() => seen.forEach(({ target }) => watched.get(target)?.()));
        }),
    );
    inject(DestroyRef).onDestroy(() => observer.disconnect());
    return (element, seen) => {
      watched.set(element, seen);
      observer.observe(element);
      return () => {
        watched.delete(element);
        observer.unobserve(element);
      };
    };
  },
});

/**
 * Marks a message of another user as read, and all before it, when its element comes into view.
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
    const unwatch = inject(WATCH)(nativeElement, () => {
      const [entry, timeline] = [this.rxSeen(), this.rxSeenIn()];
      // Only messages of others have no tick.
      if (entry._tag === 'Message' && timeline.tickOf(entry) === undefined) timeline.read(entry.message);
    });
    inject(DestroyRef).onDestroy(unwatch);
  }
}
