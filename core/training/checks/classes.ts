import { formatWhole } from '../../format.ts';
import type { Check } from './define.ts';

/** Class names that a message writes out. */
const MAX_NAMES = 5;

/** The data set has a single class, or classes without an image to train on. */
export const classes: Check = ({ data }) => {
  if (data === undefined) return [];
  const { name, classNames, classCounts } = data;
  if (classNames.length === 1) {
    const message = `All images of ${name} are of one class, ${classNames[0]}: there is nothing to tell apart. Choose the folder that holds a folder for each class, not one of those.`;
    return [{ code: 'one-class', severity: 'error', message, fixes: [] }];
  }
  const empty = classNames.filter((_, i) => (classCounts[i] ?? 0) === 0);
  if (empty.length === 0) return [];
  const named = empty.slice(0, MAX_NAMES).join(', ');
  const more = empty.length > MAX_NAMES ? ` and ${formatWhole(empty.length - MAX_NAMES)} more` : '';
  const [noun, verb] = empty.length === 1 ? ['Class', 'has'] : ['Classes', 'have'];
  const message = `${noun} ${named}${more} of ${name} ${verb} no image to train on, so that the network cannot learn ${empty.length === 1 ? 'it' : 'them'}. Add images, or remove the empty folders.`;
  return [{ code: 'empty-class', severity: 'warning', message, fixes: [] }];
};
