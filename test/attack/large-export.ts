import { formatDesign } from '#core/project/design-file.ts';
import { findTemplate } from '#core/templates/index.ts';
import { chain, input } from '../networks.ts';
import { connectPage } from '../page-client.ts';

/** Exports a model of 16 MB, more than a socket takes at once; answers where it can be downloaded. */
export async function largeExport(url: string): Promise<string> {
  const template = findTemplate('lenet5')?.create();
  if (template === undefined) throw new Error('There is no template lenet5.');
  const network = chain(input(1, 64), ['Flatten'], ['Dense', { units: 1000 }]);
  const page = await connectPage(url);
  try {
    const exported = await page.call('models.export', { design: formatDesign({ ...template, network }), run: null });
    if (!exported?.download) throw new Error('Nothing was exported.');
    return exported.download;
  } finally {
    page.close();
  }
}
