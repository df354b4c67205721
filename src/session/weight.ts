import type { Body } from '../../codecs/index.js';
import type { Task } from './inbox-state.js';

/** What an object costs beside its texts, in bytes. */
const OBJECT = 256;

const textOf = (value: unknown): number => {
  try {
    return JSON.stringify(value).length;
  } catch {
    return OBJECT;
  }
};

const bodyWeight = (body: Body): number => {
  switch (body._tag) {
    case 'Text':
      return body.text.length + (body.attributes === undefined ? 0 : textOf(body.attributes));
    case 'Plain':
      return body.content.length;
    case 'Binary':
      return body.bytes.length;
    case 'Unknown':
    case 'Invalid':
    case 'Signal':
      return body.raw.length;
    default:
      return textOf(body);
  }
};

/** About how many bytes an event takes in memory. The same event always has the same weight. */
export const weightOf = (task: Task): number => {
  switch (task._tag) {
    case 'Message':
    case 'Edit':
    case 'Recall': {
      const { id, mentions, body } = task.message;
      return OBJECT + id.length + mentions.reduce((sum, mention) => sum + mention.length, 0) + bodyWeight(body);
    }
    case 'Barrier':
    case 'Discover':
      return OBJECT;
    default:
      return OBJECT + textOf(task);
  }
};
