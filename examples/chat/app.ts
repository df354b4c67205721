/** The page: who is signed in, the connection, and beside each other the conversations and the one that is open. */
import { Component, inject } from '@angular/core';
import { Account } from './account.js';
import { Banner } from './banner.js';
import { ConversationList } from './conversation-list.js';
import { ConversationView } from './conversation-view.js';
import { Place } from './place.js';

@Component({
  selector: 'app-root',
  imports: [Banner, ConversationList, ConversationView],
  template: `
    <header>
      <h1>{{ words().title }}</h1>
      @if (place.user(); as user) {
        <span class="user">{{ user }}</span>
        <button type="button" (click)="signOut()">{{ words().signOut }}</button>
      } @else {
        <span></span>
      }
      <button
        id="language"
        type="button"
        [lang]="place.language() === 'zh' ? 'en' : 'zh-CN'"
        (click)="place.language.set(place.language() === 'zh' ? 'en' : 'zh')"
      >
        {{ words().other }}
      </button>
    </header>
    <app-banner />
    @if (place.user()) {
      <main class="desk" [class.open]="place.conversation()">
        <app-conversation-list />
        @if (place.conversation()) {
          <app-conversation-view />
        } @else {
          <p class="empty">{{ words().choose }}</p>
        }
      </main>
    } @else {
      <main>
        <form class="card sign-in" (submit)="$event.preventDefault(); signIn(name.value)">
          <p>{{ words().welcome }}</p>
          <label for="name">{{ words().name }}</label>
          <!-- The form works before the scripts have come, too: the address says who is signed in. -->
          <input #name id="name" name="user" required maxlength="64" autocomplete="username" />
          <button class="primary">{{ words().signIn }}</button>
        </form>
      </main>
    }
  `,
})
export class App {
  protected readonly place = inject(Place);
  protected readonly words = this.place.words;
  private readonly account = inject(Account);

  protected signIn(name: string): void {
    this.place.user.set(name.trim());
  }

  protected signOut(): void {
    this.account.session.logout();
    this.place.conversation.set('');
    this.place.user.set('');
  }
}
