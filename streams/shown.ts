import type { Message } from './events.js';

/** False for signals, which clients exchange behind the scenes. They are not shown, listed or counted. */
export const isShown = ({ body }: Message): boolean => body._tag !== 'Signal';
