import { describe, expect, it } from 'vitest';
import { bodyCodec, file, image } from '../../codecs/index.js';

const bodies = bodyCodec();

describe('what clients exchange behind the scenes', () => {
  it.each([-101, -102, -103, -104, -105])('is a signal: %d', (type) => {
    const raw = JSON.stringify({ _lctype: type, timestamp: 1 });
    expect(bodies.decode({ msg: raw })).toEqual({ _tag: 'Signal', type, raw });
  });

  it.each([-7, -100, -106, -126, 5])('is nothing else: %d', (type) => {
    expect(bodies.decode({ msg: JSON.stringify({ _lctype: type }) })._tag).toBe('Unknown');
  });
});

describe('the file of a message', () => {
  it('always has an id on the wire, and no id is read back as none', () => {
    for (const body of [image('u'), file({ url: 'u', objId: '' })]) {
      const written = bodies.encode(body);
      expect(written).toMatchObject({ _tag: 'Right' });
      if (written._tag === 'Left') return;
      expect(JSON.parse(written.right.msg ?? '')).toMatchObject({ _lcfile: { objId: '-' } });
      expect(bodies.decode(written.right)).toMatchObject({ file: { url: 'u' } });
      expect(bodies.decode(written.right)).not.toHaveProperty('file.objId');
    }
  });

  it('has the name and size that lie beside its address as metadata, unless its metadata has them', () => {
    const read = (wire: object): unknown => {
      const body = bodies.decode({ msg: JSON.stringify({ _lctype: -6, _lcfile: { url: 'u', ...wire } }) });
      return body._tag === 'File' ? body.file.metaData : body;
    };
    expect(read({ name: 'a.txt', size: 5 })).toEqual({ name: 'a.txt', size: 5 });
    expect(read({ name: 'a.txt', size: 5, metaData: { name: 'b.txt', w: 1 } })).toEqual({
      name: 'b.txt',
      size: 5,
      w: 1,
    });
    expect(read({ name: 7, size: 'x' })).toBeUndefined();
  });
});
