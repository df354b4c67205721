/** How the site reads Markdown that is written for GitHub. */
import { existsSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import type { MarkdownRenderer } from 'vitepress';
import { targetOf } from './places.js';

/** What the renderer tells of a page: where its file is. */
interface Environment {
  readonly realPath?: string;
  readonly path?: string;
}

const pathOf = (root: string, { realPath, path = '' }: Environment): string => (realPath ?? path).slice(root.length);

/**
 * Makes links between files links between pages. A link to a file that the site does not have leads to `repository`,
 * an address such as `https://example.com/rx-realtime/blob/main/`. Without one, it is no link.
 */
export const linksBetweenPages =
  (root: string, repository: string | undefined) =>
  (renderer: MarkdownRenderer): void => {
    renderer.core.ruler.push('links-between-pages', ({ tokens, env }) => {
      const from = pathOf(root, env as Environment);
      for (const { children } of tokens)
        for (const [index, token] of (children ?? []).entries()) {
          if (token.type !== 'link_open') continue;
          const target = targetOf(from, token.attrGet('href') ?? '');
          if (target._tag === 'Page') token.attrSet('href', target.address);
          if (target._tag !== 'File') continue;
          if (repository !== undefined) token.attrSet('href', `${repository}${target.path}`);
          else {
            // Text with the path as its tooltip.
            token.type = 'file_open';
            token.tag = 'span';
            token.attrs = [['title', target.path]];
            const close = children?.slice(index).find(({ type }) => type === 'link_close');
            if (close !== undefined) Object.assign(close, { type: 'file_close', tag: 'span' });
          }
        }
    });
  };

/**
 * The drawing in place of the block of Mermaid on the page at `path`. GitHub draws such a block by itself. For the
 * site, somebody has drawn it: Mermaid would be more than a megabyte for the reader.
 */
export const drawingOf = (root: string, path: string): string => {
  const file = `site/drawings/${posix.basename(path, '.md')}.svg`;
  if (!existsSync(`${root}${file}`)) throw new Error(`${path} has a block of Mermaid: draw it as ${file}`);
  return readFileSync(`${root}${file}`, 'utf8');
};

/** Shows drawings where the pages have blocks of Mermaid. */
export const drawings =
  (root: string) =>
  (renderer: MarkdownRenderer): void => {
    const { fence } = renderer.renderer.rules;
    renderer.renderer.rules.fence = (tokens, index, options, env, self) => {
      if (tokens[index]?.info.trim() !== 'mermaid')
        return fence === undefined
          ? self.renderToken(tokens, index, options)
          : fence(tokens, index, options, env, self);
      return `<div class="drawing" v-pre>${drawingOf(root, pathOf(root, env as Environment))}</div>\n`;
    };
  };
