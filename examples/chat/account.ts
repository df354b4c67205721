/** The user who is signed in, and what they do. */
import { Injectable, inject, signal } from '@angular/core';
import { injectSession } from 'rx-realtime/angular';
import type { ConversationInfo } from 'rx-realtime';
import type { Observable } from 'rxjs';
import { Place } from './place.js';

@Injectable({ providedIn: 'root' })
export class Account {
  private readonly user = inject(Place).user;
  /** It begins without a connection too: with the messages that wait to be sent. */
  readonly session = injectSession(() => this.user() || undefined, { offline: true });
  /** Why the last command has failed. */
  readonly failure = signal('');

  /** Runs a command. If it fails, the page says so. */
  run<T>(command$: Observable<T>, done: (result: T) => void = () => undefined): void {
    this.failure.set('');
    command$.subscribe({
      next: done,
      error: (error: unknown) => this.failure.set(error instanceof Error ? error.message : String(error)),
    });
  }

  /** A conversation without a name is called by its other members. */
  titleOf({ name = '', members = [] }: ConversationInfo): string {
    return name || [...members].filter((member) => member !== this.user()).join(', ') || this.user();
  }
}
