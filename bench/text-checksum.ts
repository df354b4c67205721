/**
 * A 32-bit hash of a text. The hashes of all texts of a flood are added up, so the order of arrival does not matter.
 */
export const textChecksum = (text: string): number => {
  let hash = 0;
  for (let i = 0; i < text.length; i += 1) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0;
  return hash;
};
