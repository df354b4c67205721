import { Pipe, type PipeTransform } from '@angular/core';
import { textOf, type Body } from 'rx-realtime';

/**
 * The text of a body: that of a message, or the caption of a file. Without one it is the second argument, or empty.
 *
 * @example {{ message.body | bodyText: '[picture]' }}
 */
@Pipe({ name: 'bodyText' })
export class BodyTextPipe implements PipeTransform {
  transform(body: Body | null | undefined, otherwise = ''): string {
    return (body === null || body === undefined ? undefined : textOf(body)) ?? otherwise;
  }
}
