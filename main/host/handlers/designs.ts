import type { AppHandlers } from './define.ts';

export const designHandlers: AppHandlers<'designs'> = ({ designs, platform, takeWaiting }) => ({
  'designs.recent': () => designs.recent(),
  'designs.open': ({ id }) => designs.open(id),
  'designs.read': ({ id }) => designs.read(id),
  'designs.pick': async () => {
    const path = await platform.pickDesign();
    return path === null ? null : designs.openPath(path);
  },
  'designs.create': ({ text }) => designs.create(text),
  'designs.save': ({ id, text, revision }) => designs.save(id, text, revision),
  'designs.forget': ({ id }) => designs.forget(id),
  'designs.takeWaiting': () => {
    const path = takeWaiting();
    return path === undefined ? null : designs.openPath(path);
  },
});
