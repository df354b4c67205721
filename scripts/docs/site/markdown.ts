/** How the site reads Markdown that is written for GitHub. */
import type { MarkdownRenderer } from 'vitepress';
import { targetOf } from './places.js';

/** What the renderer tells of a page: where its file is. */
interface Environment {
  readonly realPath?: string;
  readonly path?: string;
}

/**
 * Makes links between files links between pages. A link to a file that the site does not have leads to `repository`,
 * an address such as `https://example.com/rx-realtime/blob/main/`. Without one, it is no link.
 */
export const linksBetweenPages =
  (root: string, repository: string | undefined) =>
  (renderer: MarkdownRenderer): void => {
    renderer.core.ruler.push('links-between-pages', ({ tokens, env }) => {
      const { realPath, path = '' } = env as Environment;
      const from = (realPath ?? path).slice(root.length);
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
