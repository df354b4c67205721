/** Virtual scrolling for rows of any height: of a long list, only some rows near what is seen are in the page. */
import { DestroyRef, afterRenderEffect, computed, inject, linkedSignal, untracked } from '@angular/core';
import type { ElementRef, Signal } from '@angular/core';

/** Rows in the page, more than the highest screen shows, and how many come and go at a time. */
const [ROWS, STEP] = [120, 40];
/** How near to the first or last row others are asked for, and how near to the end counts as being there, px. */
const [NEAR, AT] = [600, 40];

export interface Slice<T> {
  /** The rows to show. */
  readonly rows: Signal<readonly T[]>;
  /** Whether the newest row stays in view. Then it does so when another one comes. */
  readonly isAtEnd: Signal<boolean>;
  /** To be called when the user has scrolled. */
  scrolled(): void;
  toStart(): void;
  toEnd(): void;
}

export interface SliceOptions<T> {
  readonly list: Signal<readonly T[]>;
  readonly keyOf: (item: T) => string;
  /** Whose list it is. Another one begins at its end. */
  readonly owner: Signal<unknown>;
  /** The element that scrolls. Its first child has the rows. */
  readonly scroller: Signal<ElementRef<HTMLElement>>;
  /** Called near the first item of the list, and near its last one. */
  readonly before: () => void;
  readonly after: () => void;
  /** Whether there are items behind the list. */
  readonly hasAfter: Signal<boolean>;
}

/** Needs an injection context. */
export const injectSlice = <T>({ list, keyOf, owner, scroller, ...ends }: SliceOptions<T>): Slice<T> => {
  /** The key of the first row; undefined while the end is in view. */
  const first = linkedSignal<unknown, string | undefined>({ source: owner, computation: () => undefined });
  const start = computed(() => {
    const key = first();
    const at = key === undefined ? list().length - ROWS : list().findIndex((item) => keyOf(item) === key);
    return Math.max(0, at);
  });
  const rows = computed(() => list().slice(start(), start() + ROWS));
  /** The first row in view, and where it was: it stays there when rows come and go above. */
  let anchor: { readonly row: Element; readonly top: number } | undefined;
  /** The sizes of the view and of what it shows, when they were last looked at. */
  let sizes = '';
  const sizesNow = (): string => `${scroller().nativeElement.clientHeight} ${scroller().nativeElement.scrollHeight}`;

  const scrolled = (): void => {
    // On the way to an end that is still loading.
    if (first() === undefined && ends.hasAfter()) return;
    // A banner has come, or a row: the user has not scrolled away from the end, which is shown in a moment.
    if (first() === undefined && sizesNow() !== sizes) return;
    const { nativeElement: view } = scroller();
    const { top } = view.getBoundingClientRect();
    const row = [...(view.firstElementChild?.children ?? [])].find((one) => one.getBoundingClientRect().bottom > top);
    anchor = row && { row, top: row.getBoundingClientRect().top };

    const [from, count] = [start(), list().length];
    const isLast = from + ROWS >= count;
    const below = view.scrollHeight - view.clientHeight - view.scrollTop;
    if (view.scrollTop < NEAR && from === 0) ends.before();
    if (below < NEAR && isLast) ends.after();
    const move = view.scrollTop < NEAR ? -STEP : below < NEAR ? STEP : 0;
    const to = list()[Math.max(0, Math.min(from + move, count - ROWS))];
    first.set((isLast && below < AT && !ends.hasAfter()) || to === undefined ? undefined : keyOf(to));
  };
  const settle = (): void => {
    const { nativeElement: view } = scroller();
    if (first() === undefined) view.scrollTop = view.scrollHeight;
    else if (anchor?.row.isConnected === true) view.scrollTop += anchor.row.getBoundingClientRect().top - anchor.top;
    sizes = sizesNow();
    scrolled();
  };
  const destroyed = inject(DestroyRef);
  afterRenderEffect(() => {
    rows();
    untracked(settle);
  });
  // Pictures and windows change their sizes.
  afterRenderEffect(() => {
    const { nativeElement: view } = scroller();
    const observer = new ResizeObserver(settle);
    for (const element of [view, ...view.children]) observer.observe(element);
    destroyed.onDestroy(() => observer.disconnect());
  });
  return {
    rows,
    isAtEnd: computed(() => first() === undefined),
    scrolled,
    toStart: () => {
      const [item] = list();
      if (item === undefined) return;
      anchor = undefined;
      first.set(keyOf(item));
      scroller().nativeElement.scrollTop = 0;
    },
    toEnd: () => {
      first.set(undefined);
      // The rows may be the same ones. If not, this happens again when they are there.
      settle();
    },
  };
};
