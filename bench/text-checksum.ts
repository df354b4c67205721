/** A 32-bit hash of a text. Those of all texts of a flood are added up, in whatever order they arrive. */
export const textChecksum = (text: string): number => {
  let hash = 0;
  for (let i = 0; i < text.length; i += 1) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0;
  return hash;
};
