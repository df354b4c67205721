import { Pipe, type PipeTransform } from '@angular/core';

const day = (at: number): string => new Date(at).toDateString();

const formats = {
  time: { timeStyle: 'short' },
  day: { month: 'short', day: 'numeric' },
  longDay: { weekday: 'long', month: 'long', day: 'numeric' },
} satisfies Record<string, Intl.DateTimeFormatOptions>;

const made = new Map<string, Intl.DateTimeFormat>();

/** A time in few words: that of the day, or the day if it is another one. Or in the form that is asked for. */
@Pipe({ name: 'when' })
export class When implements PipeTransform {
  transform(at: number, language: string, form?: keyof typeof formats): string {
    const wanted = form ?? (day(at) === day(Date.now()) ? 'time' : 'day');
    const format = made.get(language + wanted) ?? new Intl.DateTimeFormat(language, formats[wanted]);
    made.set(language + wanted, format);
    return format.format(at);
  }
}
