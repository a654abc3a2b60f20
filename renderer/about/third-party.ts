import { z } from 'zod';

const schema = z.array(
  z.object({
    name: z.string(),
    version: z.string(),
    /** An SPDX expression, as a rule. */
    identifier: z.string(),
    text: z.string(),
  }),
);

/** Something of others that ConvCanvas holds, with the licence it is under. */
export type ThirdParty = z.infer<typeof schema>[number];

/**
 * What the build wrote of all that ships (scripts/notices.mjs); some 400 kB, so it is read when somebody wants to see it.
 *
 * @throws {Error} where it cannot be read
 */
export async function readThirdParty(): Promise<readonly ThirdParty[]> {
  const response = await fetch('licences/third-party.json').catch(() => undefined);
  if (response?.ok !== true) {
    throw new Error('The licences could not be read: is ConvCanvas still running, and was it built whole?');
  }
  return schema.parse(await response.json());
}

/** Those whose name or licence holds what was typed. */
export function matching(all: readonly ThirdParty[], typed: string): readonly ThirdParty[] {
  const wanted = typed.trim().toLowerCase();
  return all.filter(({ name, identifier }) => `${name} ${identifier}`.toLowerCase().includes(wanted));
}
