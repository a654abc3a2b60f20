import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { appContract } from '#contract/app/index.ts';
import { dataSource } from '#contract/engine.ts';
import { formatDesign } from '#core/project/design-file.ts';
import { blankDesign } from '#core/templates/index.ts';
import { DataRegistry } from '#main/host/data-registry.ts';
import { Designs } from '#main/host/designs.ts';
import { Home } from '#main/host/home.ts';
import { keptToken } from '#main/server/token.ts';
import { mutateBytes, mutateJson } from '../mutate.ts';
import { need, type Reader } from './define.ts';

const NAMES = ['designs.json', 'data-sets.json'] as const;

const lists: Reader = {
  name: 'lists of designs and data sets',
  share: 6000,
  open: (folder) => {
    const state = join(folder, 'state');
    const path = join(folder, 'x.convcanvas');
    const text = formatDesign(blankDesign());
    writeFileSync(path, text);
    const valid = {
      'designs.json': [1, 2, 3].map((i) => ({ id: `d${i}`, path, name: 'x', modified: 1.7e12 + i })),
      'data-sets.json': [1, 2, 3].map((i) => ({ id: `s${i}`, path: folder, size: { height: 8, width: 8 } })),
    };
    const { calls } = appContract;
    return async (random) => {
      rmSync(state, { recursive: true, force: true });
      mkdirSync(state);
      for (const name of NAMES) {
        const json = JSON.stringify(valid[name]);
        const changed =
          random.uniform() < 0.8 ? mutateJson(random, json, []) : mutateBytes(random, Buffer.from(json), []);
        writeFileSync(join(state, name), changed);
      }
      const designs = new Designs(folder, state);
      const recent = await designs.recent();
      need(calls['designs.recent'].output.safeParse(recent).success, 'the list of designs is none');
      for (const { id } of recent) {
        await designs.read(id);
        await designs.forget(id);
      }
      const data = new DataRegistry(state);
      const sets = await data.list();
      need(calls['data.list'].output.safeParse(sets).success, 'the list of data sets is none');
      for (const { id, name } of sets) {
        need(dataSource.safeParse(await data.source({ id, name: name || 'x' })).success, 'a data set is nowhere');
      }
      await data.add(folder);
      need(
        (await new DataRegistry(state).list()).some(({ location }) => location === folder),
        'what is added is not kept',
      );
      return true;
    };
  },
};

const residents: Reader = {
  name: 'what a home says of its program',
  share: 4000,
  open: (folder) => {
    const info = { pid: process.pid, url: 'http://127.0.0.1:9/x/', port: 9 };
    return async (random) => {
      for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true });
      writeFileSync(join(folder, 'running.json'), mutateJson(random, JSON.stringify(info), []), { mode: 0o600 });
      const token = mutateBytes(random, Buffer.from('0123456789abcdef0123456789abcdef'), []);
      writeFileSync(join(folder, 'server-token'), token, { mode: 0o600 });
      const home = await Home.take(folder);
      need(home instanceof Home, 'the home cannot be had');
      const port = (home as Home).lastPort;
      need(port === undefined || (Number.isInteger(port) && port > 0 && port < 65_536), 'its port is none');
      need(/^[\w-]{16,}$/.test(await keptToken(folder, () => undefined)), 'its token is none');
      await (home as Home).settle('http://127.0.0.1:9/x/');
      await (home as Home).leave();
      return true;
    };
  },
};

export const homeReaders: readonly Reader[] = [lists, residents];
