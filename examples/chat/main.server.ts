/** The application as the server of the page renders it. */
import {
  REQUEST_CONTEXT,
  TransferState,
  inject,
  mergeApplicationConfig,
  provideAppInitializer,
  type ApplicationRef,
} from '@angular/core';
import { bootstrapApplication, type BootstrapContext } from '@angular/platform-browser';
import { RenderMode, provideServerRendering, withRoutes } from '@angular/ssr';
import { App } from './app.js';
import { SERVER, config } from './config.js';

const onServer = mergeApplicationConfig(config, {
  providers: [
    provideServerRendering(withRoutes([{ path: '**', renderMode: RenderMode.Server }])),
    provideAppInitializer(() => {
      const context = inject(REQUEST_CONTEXT) as { readonly server: string } | null;
      if (context !== null) inject(TransferState).set(SERVER, context.server);
    }),
  ],
});

export default (context: BootstrapContext): Promise<ApplicationRef> => bootstrapApplication(App, onServer, context);
