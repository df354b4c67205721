/** What there is to say about the connection, the session and the last command. Nothing, if all is well. */
import { Component, computed, inject } from '@angular/core';
import { injectConnectionBanner } from 'rx-realtime/angular';
import { Account } from './account.js';
import { Place } from './place.js';

@Component({
  selector: 'app-banner',
  template: `
    <div role="status">
      @if (text(); as text) {
        <p class="banner" [attr.data-kind]="banner.key()">
          {{ text }}
          @if (banner.retryIn() !== undefined) {
            <!-- The countdown is for the eyes: nobody wants to hear each second. -->
            <span class="count" aria-hidden="true">{{ banner.retryIn() }} s</span>
            <button type="button" (click)="banner.retry()">{{ words().now }}</button>
          }
        </p>
      }
    </div>
    <div role="alert">
      @if (account.session.error(); as error) {
        <p class="banner" data-kind="failed">
          {{ words().ended }} {{ error.message }}
          <button type="button" (click)="account.session.login()">{{ words().signInAgain }}</button>
        </p>
      }
      @if (account.failure(); as failure) {
        <p class="banner" data-kind="failed">
          {{ words().refused }} {{ failure }}
          <button type="button" (click)="account.failure.set('')">{{ words().close }}</button>
        </p>
      }
    </div>
  `,
})
export class Banner {
  protected readonly account = inject(Account);
  protected readonly words = inject(Place).words;
  protected readonly banner = injectConnectionBanner();
  protected readonly text = computed(() => {
    const key = this.banner.key();
    return key && this.words()[key === 'failed' ? 'broken' : key];
  });
}
