import type { AppHandlers } from './define.ts';

export const deviceHandlers: AppHandlers<'devices'> = ({ training, triedDevices }) => ({
  'devices.list': async () => training.call('devices.list', { trials: await triedDevices() }),
  'devices.memory': (question) => training.call('design.memory', question),
});
