/** A small chat: a program that logs in, shows what others say, and sends a text. */
import { createRealtime, text } from 'rx-realtime';
import { merge, switchMap } from 'rxjs';

createRealtime({ appId: 'app', server: 'wss://chat.example.com' })
  .login('Tom')
  .pipe(switchMap((tom) => merge(tom.messages$, tom.conversation('mice').send(text('Wake up, mouse!')))))
  .subscribe(console.log);
