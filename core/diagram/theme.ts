import type { Category } from '../layers/define.ts';
import type { DiagramOptions } from './options.ts';

/** A colour in hexadecimal: "#2f6bff". */
type Colour = string;

export interface Theme {
  readonly background: Colour;
  readonly text: Colour;
  readonly muted: Colour;
  readonly line: Colour;
  readonly danger: Colour;
  readonly tones: Readonly<Record<Category | 'Unknown', Colour>>;
}

/** The app's colours as plain values: a figure has no style sheet. A test keeps them equal to renderer/ui/tokens.css. */
export const THEMES: Readonly<Record<DiagramOptions['theme'], Theme>> = {
  light: {
    background: '#ffffff',
    text: '#182030',
    muted: '#556072',
    line: '#556072',
    danger: '#c0262d',
    tones: {
      Input: '#64748b',
      Convolution: '#2f6bff',
      Pooling: '#0e9488',
      Dense: '#8b46d9',
      Activation: '#d98a04',
      Regularisation: '#c2477f',
      Merge: '#4d8b16',
      Blocks: '#0a7ea4',
      Unknown: '#8a94a5',
    },
  },
  dark: {
    background: '#1c2027',
    text: '#e7ebf2',
    muted: '#a0abbb',
    line: '#a0abbb',
    danger: '#ff8a86',
    tones: {
      Input: '#8fa0ba',
      Convolution: '#5d8dff',
      Pooling: '#35c2b3',
      Dense: '#ac7bf0',
      Activation: '#f0b03f',
      Regularisation: '#e57fae',
      Merge: '#8cc152',
      Blocks: '#4cc3e8',
      Unknown: '#76819a',
    },
  },
};

/** The colour that lies `share` of the way from one to another; opaque, since not every tool prints transparency. */
export function mix(from: Colour, to: Colour, share: number): Colour {
  const channel = (colour: Colour, i: number) => Number.parseInt(colour.slice(1 + 2 * i, 3 + 2 * i), 16);
  return `#${[0, 1, 2]
    .map((i) => Math.round(channel(from, i) * (1 - share) + channel(to, i) * share))
    .map((value) => value.toString(16).padStart(2, '0'))
    .join('')}`;
}
