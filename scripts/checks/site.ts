/** Builds the site of the documentation. A link that leads nowhere fails it. */
import { readdirSync } from 'node:fs';
import { cache, execute, root } from './tool.js';

export const site = async (): Promise<string> => {
  await execute(process.execPath, [`${root}node_modules/vitepress/bin/vitepress.js`, 'build', 'site']);
  const pages = readdirSync(`${cache}site`, { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.html'),
  );
  return `${String(pages.length)} pages`;
};
