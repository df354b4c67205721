import { bootstrapApplication } from '@angular/platform-browser';
import { App } from './app.js';
import { config } from './config.js';

bootstrapApplication(App, config).catch((error: unknown) => {
  reportError(error);
});
