/** The place to write: text, a picture, a change of a message; and who else is writing. */
import { Component, computed, effect, inject, input, model, output, viewChild, type ElementRef } from '@angular/core';
import { image, text, textOf, upload, type Message } from 'rx-realtime';
import { injectTyping, type TimelineSignals } from 'rx-realtime/angular';
import { Account } from './account.js';
import { Place } from './place.js';

@Component({
  selector: 'app-composer',
  template: `
    <p class="typing" role="status">
      @if (typing.who(); as who) {
        {{ who.join(', ') }} {{ who.length === 0 ? '' : who.length === 1 ? words().typing : words().typingTogether }}
      }
    </p>
    @if (editing()) {
      <p class="editing">
        {{ words().editing }}
        <button type="button" (click)="editing.set(undefined)">{{ words().cancel }}</button>
      </p>
    }
    <form (submit)="$event.preventDefault(); submit()">
      <input #file type="file" accept="image/*" hidden (change)="picture(file)" />
      <button type="button" [title]="words().picture" (click)="file.click()">
        <svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
          <path d="M2 4h16v12H2zM2 14l5-5 4 4 3-3 4 4M14 7h.01" />
        </svg>
        <span class="hidden">{{ words().picture }}</span>
      </button>
      <textarea
        #draft
        rows="1"
        [attr.aria-label]="words().write"
        [placeholder]="words().write"
        (input)="typed()"
        (keydown.enter)="enter($event)"
        (keydown.escape)="editing.set(undefined)"
      ></textarea>
      <button class="primary">{{ editing() ? words().save : words().send }}</button>
    </form>
  `,
})
export class Composer {
  readonly timeline = input.required<TimelineSignals>();
  readonly members = input.required<readonly string[]>();
  readonly editing = model<Message>();
  /** A message is on its way. */
  readonly sent = output();
  private readonly account = inject(Account);
  private readonly place = inject(Place);
  private readonly draft = viewChild.required<ElementRef<HTMLTextAreaElement>>('draft');
  protected readonly words = this.place.words;
  protected readonly typing = injectTyping(this.account.session, this.place.conversation);
  private readonly written = computed(() => this.draft().nativeElement);
  /** What was begun in each conversation. */
  private readonly drafts = new Map<string, string>();

  constructor() {
    effect(() => {
      const [id, message] = [this.place.conversation(), this.editing()];
      this.written().value = message === undefined ? (this.drafts.get(id) ?? '') : (textOf(message.body) ?? '');
      if (message !== undefined) this.written().focus();
    });
  }

  protected typed(): void {
    this.typing.typing();
    if (this.editing() === undefined) this.drafts.set(this.place.conversation(), this.written().value);
  }

  protected enter(event: Event): void {
    // While Chinese is being composed, Enter chooses a word.
    if (event instanceof KeyboardEvent && (event.shiftKey || event.isComposing)) return;
    event.preventDefault();
    this.submit();
  }

  protected submit(): void {
    const words = this.written().value.trim();
    const [message, conversation] = [this.editing(), this.timeline().conversation()];
    if (words === '' || conversation === undefined) return;
    const mentions = this.members().filter((member) => words.includes(`@${member}`));
    if (message === undefined) {
      this.timeline().send(text(words), { mentions });
      this.drafts.delete(this.place.conversation());
      this.written().value = '';
      this.sent.emit();
    } else {
      this.account.run(conversation.edit(message, text(words), { mentions }));
      this.editing.set(undefined);
    }
  }

  protected picture(input: HTMLInputElement): void {
    for (const data of input.files ?? []) this.timeline().send(upload({ data }, (file) => image(file)));
    input.value = '';
    this.sent.emit();
  }
}
