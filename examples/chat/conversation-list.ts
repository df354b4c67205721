/** The conversations of the user, and a form for a new one. */
import { Component, inject } from '@angular/core';
import { BodyTextPipe, injectConversations } from 'rx-realtime/angular';
import { Account } from './account.js';
import { Place } from './place.js';
import { When } from './when.js';

@Component({
  selector: 'app-conversation-list',
  imports: [BodyTextPipe, When],
  template: `
    <nav [attr.aria-label]="words().conversations">
      <details #creation>
        <summary>{{ words().create }}</summary>
        <form (submit)="$event.preventDefault(); create(people.value, topic.value); creation.open = false">
          <label for="people">{{ words().with }}</label>
          <input #people id="people" required autocomplete="off" placeholder="Ada, Ben" />
          <label for="topic">{{ words().topic }}</label>
          <input #topic id="topic" autocomplete="off" maxlength="60" />
          <button class="primary">{{ words().begin }}</button>
        </form>
      </details>
      <ul>
        @for (item of conversations.items(); track item.conversation.id) {
          <li>
            <button
              type="button"
              [attr.aria-current]="item.conversation.id === place.conversation()"
              (click)="place.conversation.set(item.conversation.id)"
            >
              <strong>{{ account.titleOf(item.conversation) }}</strong>
              <time>{{ item.activeAt | when: place.language() }}</time>
              <span class="preview">
                @if (item.lastMessage; as last) {
                  {{ last.from }}:
                  {{ last.body._tag === 'Recalled' ? words().recalled : (last.body | bodyText: words().image) }}
                }
              </span>
              @if (item.unread.mentioned) {
                <span class="badge mention" [title]="words().mentioned">@</span>
              }
              @if (item.unread.count > 0) {
                <span class="badge">
                  {{ item.unread.count > 99 ? '99+' : item.unread.count
                  }}<span class="hidden"> {{ words().unread }}</span>
                </span>
              }
            </button>
          </li>
        } @empty {
          @if (conversations.loaded()) {
            <li class="empty">{{ words().none }}</li>
          }
        }
      </ul>
      @if (conversations.hasMore()) {
        <button type="button" (click)="conversations.more()">{{ words().more }}</button>
      }
    </nav>
  `,
})
export class ConversationList {
  protected readonly account = inject(Account);
  protected readonly place = inject(Place);
  protected readonly words = this.place.words;
  protected readonly conversations = injectConversations(this.account.session, { pageSize: 30 });

  protected create(people: string, name: string): void {
    const members = people.split(/[,，、]/).map((one) => one.trim());
    const wanted = { members: members.filter((one) => one !== ''), ...(name === '' ? { unique: true } : { name }) };
    const client = this.account.session.client();
    if (client === undefined) return;
    this.account.run(client.createConversation(wanted), ({ id }) => this.place.conversation.set(id));
  }
}
