/** The licences of the packages that are part of a bundle. */
import { readFileSync, readdirSync } from 'node:fs';

/** @param {string} root @param {string} folder */
const licenceOf = (root, folder) => {
  const { name, version, license } = JSON.parse(readFileSync(`${root}${folder}/package.json`, 'utf8'));
  const file = readdirSync(`${root}${folder}`).find((entry) => /^licen[cs]e/i.test(entry));
  if (file === undefined) throw new Error(`${name} has no file with its licence`);
  return `${name} ${version} (${license})\n\n${readFileSync(`${root}${folder}/${file}`, 'utf8').trim()}\n`;
};

/**
 * The text for a file beside the bundle.
 *
 * @param {string} root
 * @param {...Record<string, unknown>} inputs the inputs of each bundle, by their paths
 */
export const licencesOf = (root, ...inputs) => {
  const folders = inputs.flatMap((paths) =>
    Object.keys(paths).flatMap((path) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.slice(0, 1) ?? []),
  );
  return [...new Set(folders)].map((folder) => licenceOf(root, folder)).join(`\n${'-'.repeat(78)}\n\n`);
};
