import { describe, expect, it } from 'vitest';
import { draftFrom } from '#renderer/document/drafts.ts';

const draft = { design: 'd', name: 'x', text: '{}', file: undefined, at: 1.7e12 };

describe('what the browser kept', () => {
  it('is a draft with or without a file', () => {
    expect(draftFrom(draft)).toEqual(draft);
    expect(draftFrom({ ...draft, file: 'f' })).toEqual({ ...draft, file: 'f' });
  });

  it.each([
    ['nothing', undefined],
    ['a text', 'x'],
    ['a name that is none', { ...draft, name: { a: 1 } }],
    ['no text', { ...draft, text: undefined }],
    ['a day that no calendar has', { ...draft, at: 1e308 }],
  ])('is none: %s', (_, value) => {
    expect(draftFrom(value)).toBeUndefined();
  });
});
