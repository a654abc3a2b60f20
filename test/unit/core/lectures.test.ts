import { describe, expect, it } from 'vitest';
import type { Fact } from '#core/lectures/fact.ts';
import { SECTIONS } from '#core/lectures/facts.ts';
import { convolve, pool } from '#core/lectures/slide-window.ts';
import { propagate } from '#core/network/propagate.ts';
import { findTemplate } from '#core/templates/index.ts';
import { FACTS } from '../../facts.ts';

const shown = new Map<string, Fact>(SECTIONS.flatMap(({ facts }) => facts().map((fact) => [fact.id, fact] as const)));

function fact<T extends Fact['type']>(id: string, type: T): Extract<Fact, { type: T }> {
  const found = shown.get(id);
  if (found?.type !== type) throw new Error(`${id} is ${found?.type ?? 'missing'}`);
  return found as Extract<Fact, { type: T }>;
}

const results = (id: string) => fact(id, 'working').steps.map(({ result }) => result);
const whole = (value: number | undefined) => value?.toLocaleString('en-US');

describe('every fact of the lectures is shown, and comes out as recomputed', () => {
  it.each(FACTS.fit.map((one) => [one.id, one] as const))('fit %s', (id, { expect: expected }) => {
    expect(fact(id, 'working').title).toContain(expected.status);
    expect(results(id)).toEqual([String(expected.out ?? 0)]);
    if (expected.status === 'floors') expect(fact(id, 'working').slides.length).toBeGreaterThan(0);
  });

  it.each(FACTS.convolution.map((one) => [one.id, one] as const))('convolution %s', (id, { output }) => {
    const found = convolve(fact(id, 'convolution').example).map((map) =>
      map.map((row) => row.map(({ value }) => value)),
    );
    expect(found.flat(2)).toHaveLength(output.flat(2).length);
    const expected = output.flat(2);
    for (const [i, value] of found.flat(2).entries()) expect(value).toBeCloseTo(expected[i] as number, 10);
  });

  it('convolution in one dimension', () => {
    expect(results('convolution-1d')).toEqual(FACTS.convolution1d[0]?.output.map(String));
  });

  it.each(FACTS.pooling.map((one) => [one.id, one] as const))('pooling %s', (id, { output }) => {
    expect(pool(fact(id, 'pooling').example).map((row) => row.map(({ value }) => value))).toEqual(output);
  });

  it.each(FACTS.layers.map((one) => [one.id, one] as const))('layer %s', (id, { output, weights, params }) => {
    const numbers = results(id);
    const [depth, height, width] = output;
    if (height === undefined) return expect(numbers).toEqual([String(depth)]);
    expect(numbers.slice(0, 3)).toEqual([width, height, depth].map(String));
    expect(numbers).toContain(whole(weights));
    expect(numbers.at(-1)).toBe(whole(params));
  });

  it('connections', () => {
    const [small, large] = FACTS.connectivity;
    expect(results('connect-5')).toEqual([small?.['fullyConnected'], small?.['local'], small?.['shared']].map(String));
    expect(results('connect-200')).toEqual([whole(large?.['fullyConnected']), whole(large?.['local10x10'])]);
  });

  it('the quiz', () => {
    const [quiz] = FACTS.quiz;
    const [d, h, w] = quiz?.output ?? [];
    expect(results('quiz').at(-2)).toBe(`${w}×${h}×${d}, 0`);
    expect(results('quiz').at(-1)).toBe(whole(quiz?.weights));
  });

  it.each([
    ['alexnet', FACTS.networks['alexnet']?.total],
    ['vgg16', FACTS.networks['vgg16']?.total],
    ['lenet5', FACTS.networks['lenet5']?.total],
    ['convnetjs-cifar10', FACTS.networks['convnetjs-cifar10']?.total],
    ['vgg11', FACTS.vggTotals.A],
    ['vgg13', FACTS.vggTotals.B],
    ['vgg16-c', FACTS.vggTotals.C],
    ['vgg16', FACTS.vggTotals.D],
    ['vgg19', FACTS.vggTotals.E],
  ] as const)('network %s', (id, total) => {
    const { template } = fact(id, 'network');
    expect(propagate(findTemplate(template)!.create().network).totals).toMatchObject(total!);
  });

  it('every erratum, once more by itself', () => {
    const errata = SECTIONS.at(-1)?.facts() ?? [];
    expect(errata).toHaveLength(8);
    expect(new Set(errata.flatMap(({ slides }) => slides)).size).toBe(8);
  });
});
