/** A row of the timeline: a message, one on its way or that has failed, or a gap. */
import { Component, computed, inject, input, output } from '@angular/core';
import { textOf, type Message, type TimelineEntry } from 'rx-realtime';
import { BodyTextPipe, MarkSeen, type TimelineSignals } from 'rx-realtime/angular';
import { Account } from './account.js';
import { Place } from './place.js';
import { When } from './when.js';

/** Messages of one person within this time stand together, ms. */
const TOGETHER = 300_000;
/** The longer side of a picture in the page, px. */
const SIDE = 320;

const MARKS = { sending: '◌', failed: '!', sent: '✓', delivered: '✓✓', read: '✓✓' } as const;

const messageOf = (entry: TimelineEntry): Message | undefined => (entry._tag === 'Message' ? entry.message : undefined);
const timeOf = (entry: TimelineEntry): number =>
  entry._tag === 'Message' ? entry.message.timestamp : entry._tag === 'Pending' ? entry.at : entry.from.timestamp;
const dayOf = (entry: TimelineEntry): string => new Date(timeOf(entry)).toDateString();

@Component({
  selector: 'li[appMessageRow]',
  imports: [BodyTextPipe, MarkSeen, When],
  host: { '[class.own]': 'isOwn()', '[class.together]': 'isTogether()' },
  template: `
    @if (isNewDay()) {
      <p class="day">{{ at() | when: place.language() : 'longDay' }}</p>
    }
    @if (gap(); as gap) {
      <button type="button" (click)="timeline().fill(gap)">{{ words().gap }}</button>
    } @else {
      <div class="message" [rxSeen]="entry()" [rxSeenIn]="timeline()">
        @if (!isTogether()) {
          <strong class="author">{{ author() }}</strong>
        }
        @if (picture(); as picture) {
          <a [href]="picture.url" target="_blank">
            <img
              [src]="picture.url"
              [width]="picture.width"
              [height]="picture.height"
              [alt]="body() | bodyText: words().image"
            />
          </a>
        }
        <p class="text" [class.gone]="isRecalled()">{{ text() }}</p>
        @if (progress() !== undefined) {
          <progress [value]="progress() ?? 0" [attr.aria-label]="words().sending"></progress>
        }
        <p class="about">
          @if (message()?.editedAt && !isRecalled()) {
            {{ words().edited }}
          }
          <time>{{ at() | when: place.language() : 'time' }}</time>
          @if (tick(); as tick) {
            <span class="tick" [attr.data-tick]="tick" role="img" [attr.aria-label]="words()[tick]">{{
              marks[tick]
            }}</span>
          }
        </p>
      </div>
      @if (pending(); as pending) {
        @if (pending.error) {
          <p class="actions failed">
            {{ words().failed }}
            <button type="button" (click)="timeline().resend(pending.token)">{{ words().again }}</button>
            <button type="button" (click)="timeline().discard(pending.token)">{{ words().discard }}</button>
          </p>
        }
      } @else if (isOwn() && !isRecalled() && message(); as message) {
        <p class="actions">
          @if (message.body._tag === 'Text') {
            <button type="button" (click)="edit.emit(message)">{{ words().edit }}</button>
          }
          <button type="button" (click)="recall(message)">{{ words().recall }}</button>
        </p>
      }
    }
  `,
})
export class MessageRow {
  readonly entry = input.required<TimelineEntry>();
  readonly previous = input<TimelineEntry>();
  readonly timeline = input.required<TimelineSignals>();
  readonly edit = output<Message>();
  private readonly account = inject(Account);
  protected readonly place = inject(Place);
  protected readonly words = this.place.words;
  protected readonly marks = MARKS;

  protected readonly message = computed(() => messageOf(this.entry()));
  protected readonly pending = computed(() => {
    const entry = this.entry();
    return entry._tag === 'Pending' ? entry : undefined;
  });
  protected readonly progress = computed(() => this.pending()?.progress);
  protected readonly gap = computed(() => {
    const entry = this.entry();
    return entry._tag === 'Gap' ? entry : undefined;
  });
  protected readonly body = computed(() => this.message()?.body ?? this.pending()?.body);
  protected readonly at = computed(() => timeOf(this.entry()));
  protected readonly author = computed(() => this.authorOf(this.entry()));
  protected readonly isOwn = computed(() => this.author() === this.place.user());
  protected readonly isRecalled = computed(() => this.body()?._tag === 'Recalled');
  protected readonly tick = computed(() => this.timeline().tickOf(this.entry()));
  protected readonly text = computed(() => {
    const body = this.body();
    if (body === undefined || body._tag === 'Upload') return '';
    if (body._tag === 'Recalled') return this.words().recalled;
    return textOf(body) ?? (this.picture() === undefined ? this.words().file : '');
  });
  protected readonly picture = computed(() => {
    const body = this.body();
    if (body?._tag !== 'Image') return undefined;
    const { url, metaData } = body.file;
    const [width, height] = [Number(metaData?.['width'] ?? SIDE), Number(metaData?.['height'] ?? SIDE)];
    const scale = Math.min(1, SIDE / Math.max(width, height));
    return { url, width: Math.round(width * scale), height: Math.round(height * scale) };
  });
  protected readonly isNewDay = computed(() => {
    const previous = this.previous();
    return previous === undefined || dayOf(previous) !== dayOf(this.entry());
  });
  protected readonly isTogether = computed(() => {
    const previous = this.previous();
    if (previous === undefined || this.isNewDay() || this.authorOf(previous) !== this.author()) return false;
    return this.at() - timeOf(previous) < TOGETHER;
  });

  protected recall(message: Message): void {
    const conversation = this.timeline().conversation();
    if (conversation !== undefined) this.account.run(conversation.recall(message));
  }

  private authorOf(entry: TimelineEntry): string | undefined {
    return entry._tag === 'Pending' ? this.place.user() : messageOf(entry)?.from;
  }
}
