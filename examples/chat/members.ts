/** The members of a conversation and their roles. */
import { Component, inject, input } from '@angular/core';
import { roles, setRole, type Conversation, type ConversationInfo, type MembershipResult } from 'rx-realtime';
import { injectLatest } from 'rx-realtime/angular';
import type { Observable } from 'rxjs';
import { Account } from './account.js';
import { Place } from './place.js';

@Component({
  selector: 'app-members',
  template: `
    <details>
      <summary>{{ words().members }} · {{ info().members?.length ?? 0 }}</summary>
      <div class="card">
        <ul>
          @for (member of info().members; track member) {
            <li>
              <span>{{ member }}</span>
              @if (isOwner() && member !== info().creator) {
                <select
                  [attr.aria-label]="words().role + ' ' + member"
                  [value]="roleOf(member)"
                  (change)="setRole(member, $any($event.target).value)"
                >
                  <option value="Manager">{{ words().Manager }}</option>
                  <option value="Member">{{ words().Member }}</option>
                </select>
                <button type="button" (click)="change(conversation().remove([member]))">
                  {{ words().remove }}<span class="hidden"> {{ member }}</span>
                </button>
              } @else {
                <span class="role">{{ words()[roleOf(member)] }}</span>
              }
            </li>
          }
        </ul>
        <form (submit)="$event.preventDefault(); change(conversation().add([added.value.trim()])); added.value = ''">
          <input
            #added
            required
            maxlength="64"
            autocomplete="off"
            [attr.aria-label]="words().addMember"
            [placeholder]="words().addMember"
          />
          <button>{{ words().add }}</button>
        </form>
        <button type="button" (click)="leave()">{{ words().leave }}</button>
      </div>
    </details>
  `,
})
export class Members {
  readonly conversation = input.required<Conversation>();
  readonly info = input.required<ConversationInfo>();
  private readonly account = inject(Account);
  private readonly place = inject(Place);
  protected readonly words = this.place.words;
  private readonly roles = injectLatest(this.conversation, (conversation) => roles(conversation), undefined);

  protected isOwner(): boolean {
    return this.info().creator === this.place.user();
  }

  protected roleOf(member: string): 'Owner' | 'Manager' | 'Member' {
    return member === this.info().creator ? 'Owner' : (this.roles()?.get(member) ?? 'Member');
  }

  protected setRole(member: string, role: 'Manager' | 'Member'): void {
    this.account.run(setRole(this.conversation(), member, role));
  }

  protected change(command$: Observable<MembershipResult>): void {
    this.account.run(command$, ({ failed }) => {
      const [refused] = failed;
      if (refused !== undefined) this.account.failure.set(`${refused.members.join(', ')}: ${refused.reason}`);
    });
  }

  protected leave(): void {
    this.account.run(this.conversation().quit(), () => this.place.conversation.set(''));
  }
}
