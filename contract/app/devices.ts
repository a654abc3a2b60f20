/** What this computer can train on. */
import { z } from 'zod';
import { call } from '../define.ts';
import { device, memoryQuestion, trainingMemory } from '../schemas.ts';

export const deviceCalls = {
  'devices.list': call(z.strictObject({}), z.array(device)),
  /** Memory that training a design takes. */
  'devices.memory': call(memoryQuestion, trainingMemory),
};
