/** The messages of a conversation. Of ten thousand, a hundred are in the page. */
import { Component, computed, inject, input, output, viewChild, type ElementRef } from '@angular/core';
import { textOf, type Message } from 'rx-realtime';
import type { TimelineSignals } from 'rx-realtime/angular';
import { Account } from './account.js';
import { MessageRow } from './message-row.js';
import { Place } from './place.js';
import { injectSlice } from './slice.js';

@Component({
  selector: 'app-messages',
  imports: [MessageRow],
  template: `
    <div
      #scroller
      class="scroller"
      tabindex="0"
      (scroll)="slice.scrolled()"
      (keydown.home)="toStart($event)"
      (keydown.end)="toEnd()"
    >
      <ol
        [attr.aria-label]="words().messages"
        [attr.aria-busy]="timeline().loading()"
        [attr.data-loaded]="timeline().entries().length"
      >
        @for (entry of slice.rows(); track timeline().keyOf(entry)) {
          <li
            appMessageRow
            [entry]="entry"
            [previous]="slice.rows()[$index - 1]"
            [timeline]="timeline()"
            (edit)="edit.emit($event)"
          ></li>
        }
      </ol>
    </div>
    @if (!slice.isAtEnd()) {
      <button type="button" class="to-end" (click)="toEnd()">{{ words().latest }}</button>
    }
    <!-- Screen readers hear what comes, and not what is scrolled to. -->
    <p class="hidden" role="status">{{ newest() }}</p>
  `,
})
export class Messages {
  readonly timeline = input.required<TimelineSignals>();
  readonly edit = output<Message>();
  protected readonly words = inject(Place).words;
  private readonly me = inject(Account).session.client;
  private readonly scroller = viewChild.required<ElementRef<HTMLElement>>('scroller');
  protected readonly slice = injectSlice({
    list: computed(() => this.timeline().entries()),
    keyOf: (entry) => this.timeline().keyOf(entry),
    owner: computed(() => this.timeline().conversation()),
    scroller: this.scroller,
    before: () => this.timeline().older(),
    after: () => this.timeline().newer(),
    hasAfter: computed(() => this.timeline().hasNewer()),
  });
  protected readonly newest = computed(() => {
    const last = this.timeline().entries().at(-1);
    if (last?._tag !== 'Message' || last.message.from === this.me()?.id) return '';
    return `${last.message.from}: ${textOf(last.message.body) ?? this.words().image}`;
  });

  protected toStart(event: Event): void {
    event.preventDefault();
    this.slice.toStart();
  }

  /** Shows the newest message. */
  toEnd(): void {
    this.timeline().latest();
    this.slice.toEnd();
  }
}
