/** What the address of the page says: who is signed in, which conversation is open, in which language. */
import { DOCUMENT, PlatformLocation } from '@angular/common';
import { Injectable, REQUEST, computed, effect, inject, signal } from '@angular/core';
import { words } from './words.js';

const languageOf = (wanted: string): 'en' | 'zh' => (wanted.startsWith('zh') ? 'zh' : 'en');

/** The server of the page renders by the address alone. A reload stays here, and each window is its own. */
@Injectable({ providedIn: 'root' })
export class Place {
  private readonly location = inject(PlatformLocation);
  private readonly request = inject(REQUEST);
  private readonly preferred = languageOf(
    this.request === null ? navigator.language : (this.request.headers.get('accept-language') ?? ''),
  );
  private readonly asked = (name: string): string => new URLSearchParams(this.location.search).get(name) ?? '';

  readonly user = signal(this.asked('user'));
  readonly conversation = signal(this.asked('conversation'));
  readonly language = signal(this.asked('lang') === '' ? this.preferred : languageOf(this.asked('lang')));
  readonly words = computed(() => words[this.language()]);

  constructor() {
    this.location.onPopState(() => {
      this.user.set(this.asked('user'));
      this.conversation.set(this.asked('conversation'));
    });
    effect(() => {
      const query = new URLSearchParams(this.location.search);
      for (const [name, value] of [
        ['user', this.user()],
        ['conversation', this.user() && this.conversation()],
        ['lang', this.language() === this.preferred ? '' : this.language()],
      ] as const)
        if (value === '') query.delete(name);
        else query.set(name, value);
      const search = query.size === 0 ? '' : `?${query.toString()}`;
      if (search !== this.location.search) this.location.pushState(null, '', this.location.pathname + search);
    });
    const document = inject(DOCUMENT);
    effect(() => {
      document.documentElement.lang = this.language() === 'zh' ? 'zh-CN' : 'en';
      document.title = this.words().title;
    });
  }
}
