/** The conversation that is open: its title and members, its messages, and the place to write. */
import { Component, computed, inject, linkedSignal } from '@angular/core';
import type { Message } from 'rx-realtime';
import { injectLatest, injectTimeline } from 'rx-realtime/angular';
import { Account } from './account.js';
import { Composer } from './composer.js';
import { Members } from './members.js';
import { Messages } from './messages.js';
import { Place } from './place.js';

@Component({
  selector: 'app-conversation-view',
  imports: [Composer, Members, Messages],
  template: `
    <div class="title">
      <button type="button" class="back" (click)="place.conversation.set('')">
        <span aria-hidden="true">‹</span><span class="hidden">{{ words().back }}</span>
      </button>
      <h2>{{ title() }}</h2>
      @if (conversation(); as handle) {
        @if (info(); as info) {
          <app-members [conversation]="handle" [info]="info" />
        }
      }
    </div>
    <app-messages #messages [timeline]="timeline" (edit)="editing.set($event)" />
    <app-composer
      [timeline]="timeline"
      [members]="info()?.members ?? []"
      [(editing)]="editing"
      (sent)="messages.toEnd()"
    />
  `,
})
export class ConversationView {
  private readonly account = inject(Account);
  protected readonly place = inject(Place);
  protected readonly words = this.place.words;
  /** Many messages are kept, so that scrolling back asks the server once. Few of them are in the page. */
  protected readonly timeline = injectTimeline(this.account.session, this.place.conversation, {
    pageSize: 50,
    window: 10_100,
  });
  protected readonly conversation = this.timeline.conversation;
  protected readonly info = injectLatest(this.conversation, ({ state$ }) => state$, undefined);
  protected readonly editing = linkedSignal<string, Message | undefined>({
    source: this.place.conversation,
    computation: () => undefined,
  });
  protected readonly title = computed(() => {
    const info = this.info();
    return info === undefined ? '…' : this.account.titleOf(info);
  });
}
