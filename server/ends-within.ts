import { timerTime } from './http/timer.js';

/** Whether something ends within a time, ms. */
export const endsWithin = async (ms: number, ending: Promise<unknown>): Promise<boolean> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => {
      resolve(false);
    }, timerTime(ms));
  });
  const isEnded = await Promise.race([ending.then(() => true), late]);
  clearTimeout(timer);
  return isEnded;
};
