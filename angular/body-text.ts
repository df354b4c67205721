import { Pipe, type PipeTransform } from '@angular/core';
import { textOf, type Body, type Unstored } from 'rx-realtime';

/**
 * The text of a body: that of a message, or the caption of a file. Without one, as while a file is uploaded, it is the
 * second argument, or empty.
 *
 * @example {{ message.body | bodyText: '[picture]' }}
 */
@Pipe({ name: 'bodyText' })
export class BodyTextPipe implements PipeTransform {
  transform(body: Body | Unstored | null | undefined, otherwise = ''): string {
    return (body === null || body === undefined || body._tag === 'Upload' ? undefined : textOf(body)) ?? otherwise;
  }
}
