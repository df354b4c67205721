import { Observable, type Subscriber } from 'rxjs';
import { finish, type Ending } from './ending.js';

/** What a Subject does for values that come often. RxJS makes a function and an iterator for each value. */
export class Relay<T> {
  private readonly subscribers: Subscriber<T>[] = [];
  /** A copy: who comes while a value is passed on does not get it. Made when it is needed. */
  private current: readonly Subscriber<T>[] | undefined;
  private ended: Ending | undefined;

  /** Hot, no replay. Ends as `end` says, for later subscribers too. */
  readonly stream$ = new Observable<T>((subscriber) => {
    if (this.ended !== undefined) {
      finish(subscriber, this.ended);
      return undefined;
    }
    this.subscribers.push(subscriber);
    this.current = undefined;
    return () => {
      const index = this.subscribers.indexOf(subscriber);
      if (index >= 0) this.subscribers.splice(index, 1);
      this.current = undefined;
    };
  });

  get observed(): boolean {
    return this.subscribers.length > 0;
  }

  next(value: T): void {
    for (const subscriber of (this.current ??= this.subscribers.slice())) subscriber.next(value);
  }

  end(how: Ending): void {
    if (this.ended !== undefined) return;
    this.ended = how;
    this.current = undefined;
    for (const subscriber of this.subscribers.splice(0)) finish(subscriber, how);
  }
}
