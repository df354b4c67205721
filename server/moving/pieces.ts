/** Cuts text into records, a chunk at a time, so that a file of any length needs little memory. */

/** A part of a text that should be a record, and the line on which it begins. */
export type Piece =
  { readonly line: number; readonly text: string } | { readonly line: number; readonly mistake: string };

/** Takes chunks of a text, and gives the pieces that are complete. */
export interface Cutter {
  readonly push: (chunk: string) => readonly Piece[];
  readonly end: () => readonly Piece[];
}

/** A record has at most so many characters. */
const LONGEST_RECORD = 16_777_216;

const TOO_LONG = `it is longer than ${LONGEST_RECORD} characters`;

/** Text that is put together, as long as it is not too long. */
const collecting = (): { readonly add: (text: string) => void; readonly take: () => string | undefined } => {
  let parts: string[] = [];
  let size = 0;
  return {
    add: (text) => {
      size += text.length;
      if (size <= LONGEST_RECORD) parts.push(text);
      else parts = [];
    },
    take: () => {
      const text = size <= LONGEST_RECORD ? parts.join('') : undefined;
      parts = [];
      size = 0;
      return text;
    },
  };
};

const pieceOf = (line: number, text: string | undefined): Piece =>
  text === undefined ? { line, mistake: TOO_LONG } : { line, text };

/** Each line is a record. A broken one does not harm the others. */
const cutLines = (): Cutter => {
  const { add, take } = collecting();
  let line = 1;
  const complete = (): readonly Piece[] => {
    const text = take()?.trim();
    return text === '' ? [] : [pieceOf(line, text)];
  };
  return {
    push: (chunk) => {
      const pieces: Piece[] = [];
      let from = 0;
      for (let at = chunk.indexOf('\n'); at >= 0; at = chunk.indexOf('\n', from)) {
        add(chunk.slice(from, at));
        pieces.push(...complete());
        line += 1;
        from = at + 1;
      }
      add(chunk.slice(from));
      return pieces;
    },
    end: complete,
  };
};

const [TAB, NEWLINE, RETURN, SPACE, QUOTE, COMMA, BACKSLASH] = [9, 10, 13, 32, 34, 44, 92];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [91, 93, 123, 125];

const isBetween = (code: number): boolean =>
  code === SPACE || code === NEWLINE || code === COMMA || code === RETURN || code === TAB;

/** Each object is a record, inside of lists or not, over however many lines. */
const cutObjects = (): Cutter => {
  const { add, take } = collecting();
  let line = 1;
  /** Where the object began; undefined between two objects. */
  let began: number | undefined;
  /** Open brackets of the object, and open lists around it. */
  let [depth, lists] = [0, 0];
  let [isString, isEscaped, isStray] = [false, false, false];

  return {
    push: (chunk) => {
      const pieces: Piece[] = [];
      let from = 0;
      for (let at = 0; at < chunk.length; at += 1) {
        const code = chunk.charCodeAt(at);
        if (code === NEWLINE) line += 1;
        if (isString) {
          if (isEscaped) isEscaped = false;
          else if (code === BACKSLASH) isEscaped = true;
          else if (code === QUOTE) isString = false;
        } else if (began === undefined) {
          if (code === OPEN_OBJECT) {
            [began, depth, from, isStray] = [line, 1, at, false];
          } else if (code === OPEN_LIST) lists += 1;
          else if (code === CLOSE_LIST) lists -= 1;
          else if (code === QUOTE) isString = true;
          if (code !== OPEN_OBJECT && code !== OPEN_LIST && code !== CLOSE_LIST && !isBetween(code) && !isStray) {
            pieces.push({ line, mistake: 'there is something that is no JSON object' });
            isStray = true;
          }
        } else if (code === QUOTE) isString = true;
        else if (code === OPEN_OBJECT || code === OPEN_LIST) depth += 1;
        else if (code === CLOSE_OBJECT || code === CLOSE_LIST) {
          depth -= 1;
          if (depth > 0) continue;
          add(chunk.slice(from, at + 1));
          pieces.push(pieceOf(began, take()));
          began = undefined;
        }
      }
      if (began !== undefined) add(chunk.slice(from));
      return pieces;
    },
    end: () => {
      if (began !== undefined) return [{ line: began, mistake: 'the file ends inside of this record' }];
      return lists > 0 ? [{ line, mistake: 'the file ends inside of a list: it is not complete' }] : [];
    },
  };
};

/** Whether a line is only the beginning of an object that goes on in the next line. */
const goesOn = (line: string): boolean => /[[{,:]\s*$/.test(line);

/** The cutter for a text that begins like this. `start`: at least the first line, unless that is very long. */
export const cutterFor = (start: string): Cutter => {
  const first = /\S[^\n]*/.exec(start)?.[0] ?? '';
  return first.startsWith('[') || (first.startsWith('{') && goesOn(first)) ? cutObjects() : cutLines();
};
