/** What Angular's build makes a module of that Node can load. */
import { AngularNodeAppEngine, writeResponseToNodeResponse } from '@angular/ssr/node';
import type { IncomingMessage, ServerResponse } from 'node:http';

const engine = new AngularNodeAppEngine({ allowedHosts: ['127.0.0.1', 'localhost'] });

/** Answers with the page, rendered for this request. `server` is the address of the chat's server. */
export const render = async (request: IncomingMessage, response: ServerResponse, server: string): Promise<void> => {
  const page = await engine.handle(request, { server });
  if (page === null) response.writeHead(404).end();
  else await writeResponseToNodeResponse(page, response);
};
