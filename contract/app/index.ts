/** The border between the page and main. The page names designs, data sets and runs by ids that main gave out. */
import { defineContract } from '../define.ts';
import { appCalls, appEvents } from './app.ts';
import { dataCalls, dataEvents } from './data.ts';
import { designCalls, designEvents } from './designs.ts';
import { deviceCalls } from './devices.ts';
import { modelCalls } from './models.ts';
import { runCalls, runEvents } from './runs.ts';

export type { DataSet } from './data.ts';
export type { DesignEntry, OpenedDesign } from './designs.ts';
export type { WeightsSummary } from './models.ts';
export type { RunEntry, RunSnapshot } from './runs.ts';

export const appContract = defineContract({
  calls: { ...appCalls, ...designCalls, ...dataCalls, ...deviceCalls, ...runCalls, ...modelCalls },
  events: { ...appEvents, ...designEvents, ...dataEvents, ...runEvents },
});
export type AppContract = typeof appContract;
