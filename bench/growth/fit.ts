/** The exponent with which a cost grows. */
export interface Cost {
  readonly size: number;
  /** Microseconds of CPU for all items. */
  readonly us: number;
}

/** The slope of a line through the logarithms: 1 is linear, 2 is a square. n log n has 1.15 from 100 to 10,000. */
export const exponentOf = (costs: readonly Cost[]): number => {
  const points = costs.map(({ size, us }) => [Math.log(size), Math.log(us)] as const);
  const mean = (index: 0 | 1): number => points.reduce((sum, point) => sum + point[index], 0) / points.length;
  const [x, y] = [mean(0), mean(1)];
  return (
    points.reduce((sum, point) => sum + (point[0] - x) * (point[1] - y), 0) /
    points.reduce((sum, point) => sum + (point[0] - x) ** 2, 0)
  );
};
