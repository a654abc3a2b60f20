import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DesignFileError, FILE_VERSION, formatDesign, parseDesign } from '#core/project/design-file.ts';
import { blankDesign, findTemplate, TEMPLATES } from '#core/templates/index.ts';

const lenet = formatDesign(TEMPLATES[0]!.create());
type File = { layers: Record<string, unknown>[]; [key: string]: unknown };
const changed = (change: (file: File) => void): string => {
  const file = JSON.parse(lenet) as File;
  change(file);
  return JSON.stringify(file);
};
const refusal = (text: string): DesignFileError => {
  try {
    parseDesign(text);
  } catch (error) {
    expect(error).toBeInstanceOf(DesignFileError);
    return error as DesignFileError;
  }
  throw new Error('was accepted');
};

describe('a design file', () => {
  it.each([
    ...TEMPLATES.map((template) => [template.id, template.create()] as const),
    ['blank', blankDesign()] as const,
  ])('%s comes back as it was written', (_, design) => {
    expect(parseDesign(formatDesign(design))).toEqual(design);
  });

  it('is written for people: one line a layer', () => {
    const line = lenet.split('\n').find((text) => text.includes('"conv1"'));
    expect(line).toContain('"kind": "Conv2D", "name": "conv1"');
    expect(line).toContain('"filters": 6, "kernelSize": 5');
  });

  it('keeps positions, to the pixel', () => {
    const text = changed((file) => {
      file.layers[0]!['position'] = [10.4, -20.6];
    });
    const { network } = parseDesign(text);
    expect(network.layers.get('input')?.position).toEqual([10.4, -20.6]);
    expect(formatDesign({ ...parseDesign(text) })).toContain('"position": [10, -21]');
  });

  it('keeps a layer of an unknown kind, whatever its fields hold', () => {
    const text = changed((file) => {
      Object.assign(file.layers[4]!, { kind: 'CapsuleLayer', fields: { routings: 3, deep: { a: [null, 'x'] } } });
    });
    const written = formatDesign(parseDesign(text));
    expect(JSON.parse(written).layers[4]).toMatchObject({
      kind: 'CapsuleLayer',
      fields: { routings: 3, deep: { a: [null, 'x'] } },
    });
  });
});

describe('a file of another time', () => {
  const kept = readFileSync(new URL('../../fixtures/designs/version-1.convcanvas', import.meta.url), 'utf8');

  it('of version 1 opens as it was, and is written in the version of now', () => {
    expect(JSON.parse(kept)).toMatchObject({ version: 1 });
    const design = parseDesign(kept);
    expect(design).toMatchObject({ name: 'ResNet-20', classLabels: ['a', 'b'] });
    expect(design.id).toBeUndefined();
    expect(design.network.layers).toEqual(findTemplate('resnet20')!.create().network.layers);
    expect(design.network.notes?.get('note1')?.text).toBe('From version 1');
    const written = formatDesign(design);
    expect(JSON.parse(written)).toMatchObject({ version: FILE_VERSION });
    expect(parseDesign(written)).toEqual(design);
  });

  it('keeps the id of the design and the data set that it is trained on', () => {
    const design = {
      ...TEMPLATES[0]!.create(),
      id: '0b1f8a3e-6f0c-4c57-9d0e-3f4b5a6c7d8e',
      data: { id: 'x', name: 'cifar10', size: { height: 32, width: 48 } },
    };
    expect(parseDesign(formatDesign(design))).toEqual(design);
    expect(refusal(changed((file) => Object.assign(file, { id: 'no uuid' }))).issues[0]?.path).toBe('id');
    expect(refusal(changed((file) => Object.assign(file, { data: { id: 'x' } }))).issues[0]?.path).toBe('data.name');
  });
});

describe('a file that is no design is refused, with the path of the bad value', () => {
  it('a missing field: what to add', () => {
    const { issues } = refusal(
      changed((file) => {
        delete (file.layers[1]!['fields'] as Record<string, unknown>)['filters'];
      }),
    );
    expect(issues[0]).toEqual({
      path: 'layers[1].fields.filters',
      message: 'is missing; it needs a whole number from 1 to 65536 (Filters (K)). Add "filters": 16.',
    });
  });

  it('a value of the wrong kind, or out of range', () => {
    for (const bad of ['six', 0, 2.5, null, -1, 1e9]) {
      const error = refusal(
        changed((file) => {
          (file.layers[1]!['fields'] as Record<string, unknown>)['filters'] = bad;
        }),
      );
      expect(error.message).toContain('layers[1].fields.filters: needs a whole number from 1 to 65536');
      expect(error.message).toContain(`got ${JSON.stringify(bad)}`);
    }
  });

  it('every bad value, not only the first', () => {
    const { issues } = refusal(
      changed((file) => {
        (file.layers[1]!['fields'] as Record<string, unknown>)['filters'] = 'six';
        (file['training'] as Record<string, unknown>)['epochs'] = 0;
      }),
    );
    expect(issues.map(({ path }) => path)).toEqual(['layers[1].fields.filters', 'training.epochs']);
  });

  it('an unknown field', () => {
    const { issues } = refusal(
      changed((file) => {
        (file.layers[1]!['fields'] as Record<string, unknown>)['colour'] = 'red';
      }),
    );
    expect(issues[0]?.path).toBe('layers[1].fields.colour');
  });

  it('missing parts of the structure', () => {
    const { issues } = refusal(
      changed((file) => {
        delete file['edges'];
      }),
    );
    expect(issues).toEqual([{ path: 'edges', message: 'is missing.' }]);
  });

  it('connections to nowhere, and twice the same', () => {
    const { issues } = refusal(
      changed((file) => {
        const edges = file['edges'] as string[][];
        edges.push(['conv1', 'nobody'], edges[0]!);
      }),
    );
    expect(issues.map(({ message }) => message)).toEqual([
      'names "nobody", and no layer has that id.',
      'connects input to conv1 a second time.',
    ]);
  });

  it('an id used twice', () => {
    const { issues } = refusal(
      changed((file) => {
        file.layers[2]!['id'] = 'conv1';
      }),
    );
    expect(issues[0]).toMatchObject({ path: 'layers[2].id' });
  });

  it('text that was cut off', () => {
    expect(refusal(lenet.slice(0, lenet.length / 2)).message).toContain('not JSON, or was cut off');
    expect(refusal('{"format": [').message).toContain('cut off: it ends before its last bracket is closed.');
  });

  it('text that is no JSON: says where', () => {
    expect(refusal('{\n  "name": \'x\'\n}').message).toContain(
      'It is not JSON, or was cut off: line 2, column 11 has "\'x\'\\n}", which does not belong there.',
    );
  });

  it('a value of another type: says what is needed', () => {
    const { issues } = refusal(
      changed((file) => {
        file.layers[2]!['id'] = 7;
      }),
    );
    expect(issues[0]).toEqual({ path: 'layers[2].id', message: 'needs a text; got 7.' });
  });

  it('another kind of file', () => {
    expect(refusal('{"format": "other", "version": 1}').message).toContain('another kind of file');
    expect(refusal('[]').message).toContain('another kind of file');
  });

  it('a newer version: says that the program must be updated', () => {
    const { message } = refusal(
      changed((file) => {
        file['version'] = FILE_VERSION + 1;
      }),
    );
    expect(message).toContain('written by a newer ConvCanvas');
    expect(message).toContain('the file is unchanged');
  });

  it('names that could not stand in a graph', () => {
    for (const name of ['', 'a/b', 'a:b', ' a', 'x'.repeat(65), 'a\nb']) {
      expect(
        refusal(
          changed((file) => {
            file.layers[1]!['name'] = name;
          }),
        ).issues[0]?.path,
      ).toBe('layers[1].name');
    }
  });

  it('more than is ever drawn', () => {
    expect(refusal('x'.repeat(17 * 2 ** 20)).message).toContain('at most');
  });
});
