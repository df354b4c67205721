/** What the application is made of, on the server and in the browser. */
import { PlatformLocation } from '@angular/common';
import { TransferState, inject, makeStateKey, provideBrowserGlobalErrorListeners } from '@angular/core';
import type { ApplicationConfig } from '@angular/core';
import { provideClientHydration, withEventReplay } from '@angular/platform-browser';
import { uploadTo } from 'rx-realtime';
import { provideRealtime, withIndexedDbOutbox, withTyping } from 'rx-realtime/angular';

/** The address of the chat's server: the server of the page writes it into the page. */
export const SERVER = makeStateKey<string>('server');

export const config: ApplicationConfig = {
  providers: [
    provideBrowserGlobalErrorListeners(),
    provideClientHydration(withEventReplay()),
    provideRealtime(
      () => ({
        appId: 'chat',
        server:
          // Tests go another way.
          new URLSearchParams(inject(PlatformLocation).search).get('server') ??
          inject(TransferState).get(SERVER, 'ws://127.0.0.1'),
        upload: uploadTo(),
      }),
      // Messages wait for a connection, and outlive a reload.
      withIndexedDbOutbox({ fallback: 'memory' }),
      withTyping(),
    ),
  ],
};
