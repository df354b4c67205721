/** Runs in the page: a picture of some 10 kB. */
export const drawCheese = async (): Promise<number[]> => {
  const canvas = new OffscreenCanvas(640, 400);
  const context = canvas.getContext('2d');
  if (context === null) return [];
  const disc = (colour: string, x: number, y: number, radius: number): void => {
    context.fillStyle = colour;
    context.beginPath();
    context.arc(x, y, radius, 0, 7);
    context.fill();
  };
  context.fillStyle = '#f2c14e';
  context.fillRect(0, 0, 640, 400);
  for (let n = 0; n < 24; n += 1) {
    const [x, y, radius] = [(n * 263) % 660, (n * n * 71 + n * 37) % 420, 12 + ((n * 31) % 40)];
    disc('#d9a02b', x, y, radius);
    disc('#e3b03c', x + 3, y + 4, radius - 3);
  }
  return [...new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer())];
};
