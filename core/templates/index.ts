import { EMPTY_NETWORK } from '../network/network.ts';
import type { Design } from '../project/design.ts';
import { DEFAULT_TRAINING } from '../training/settings.ts';
import { alexnet } from './alexnet.ts';
import { convnetjsCifar10 } from './convnetjs-cifar10.ts';
import { googlenet } from './googlenet.ts';
import { lenet5 } from './lenet5.ts';
import { mobilenet } from './mobilenet.ts';
import { resnet } from './resnet.ts';
import { resnet20 } from './resnet20.ts';
import { vgg } from './vgg.ts';

/** What templates are grouped by, in the order in which they are offered. */
export const FAMILIES = ['First networks', 'ImageNet', 'VGG', 'Residual'] as const;
export type Family = (typeof FAMILIES)[number];

export interface Template {
  /** As the command line names it. */
  readonly id: string;
  readonly title: string;
  readonly family: Family;
  readonly summary: string;
  create(): Design;
}

/** Every template, in the order of their families. */
export const TEMPLATES: readonly Template[] = [
  {
    id: 'lenet5',
    title: 'LeNet-5',
    family: 'First networks',
    summary: 'Reads handwritten digits: two CONVs, two POOLs, three FCs. Trains in seconds.',
    create: lenet5,
  },
  {
    id: 'convnetjs-cifar10',
    title: 'ConvNetJS CIFAR-10',
    family: 'First networks',
    summary: 'Three CONV–RELU–POOL rounds on small colour pictures.',
    create: convnetjsCifar10,
  },
  {
    id: 'alexnet',
    title: 'AlexNet',
    family: 'ImageNet',
    summary: 'Won ImageNet 2012: 62 million params on 227×227 pixels.',
    create: () => alexnet(1),
  },
  {
    id: 'alexnet-grouped',
    title: 'AlexNet, grouped',
    family: 'ImageNet',
    summary: 'As it ran on two GPUs: CONV 2, 4 and 5 in two halves.',
    create: () => alexnet(2),
  },
  {
    id: 'googlenet',
    title: 'GoogLeNet',
    family: 'ImageNet',
    summary: 'Won ImageNet 2014: nine inception modules, 7 million params.',
    create: googlenet,
  },
  {
    id: 'mobilenet',
    title: 'MobileNet',
    family: 'ImageNet',
    summary: 'Depthwise and 1×1 CONVs in turn: 4.2 million params, for phones.',
    create: mobilenet,
  },
  {
    id: 'vgg11',
    title: 'VGG-11',
    family: 'VGG',
    summary: 'Configuration A: eight 3×3 CONVs.',
    create: () => vgg('A', 'VGG-11'),
  },
  {
    id: 'vgg11-lrn',
    title: 'VGG-11 with LRN',
    family: 'VGG',
    summary: 'Configuration A-LRN: it did not help.',
    create: () => vgg('A-LRN', 'VGG-11 with LRN'),
  },
  {
    id: 'vgg13',
    title: 'VGG-13',
    family: 'VGG',
    summary: 'Configuration B: ten 3×3 CONVs.',
    create: () => vgg('B', 'VGG-13'),
  },
  {
    id: 'vgg16-c',
    title: 'VGG-16 with 1×1',
    family: 'VGG',
    summary: 'Configuration C: three 1×1 CONVs more than B.',
    create: () => vgg('C', 'VGG-16 with 1×1'),
  },
  {
    id: 'vgg16',
    title: 'VGG-16',
    family: 'VGG',
    summary: 'Configuration D: 3×3 CONVs only, 138 million params.',
    create: () => vgg('D', 'VGG-16'),
  },
  {
    id: 'vgg19',
    title: 'VGG-19',
    family: 'VGG',
    summary: 'Configuration E: sixteen 3×3 CONVs, the deepest.',
    create: () => vgg('E', 'VGG-19'),
  },
  {
    id: 'resnet20',
    title: 'ResNet-20',
    family: 'Residual',
    summary: 'For CIFAR-10: nine units of two CONVs with BATCH NORM.',
    create: resnet20,
  },
  {
    id: 'resnet18',
    title: 'ResNet-18',
    family: 'Residual',
    summary: 'For ImageNet: eight units of two CONVs, 11.7 million params.',
    create: () => resnet(18),
  },
  {
    id: 'resnet34',
    title: 'ResNet-34',
    family: 'Residual',
    summary: 'Sixteen units of two CONVs, 21.8 million params.',
    create: () => resnet(34),
  },
  {
    id: 'resnet50',
    title: 'ResNet-50',
    family: 'Residual',
    summary: 'Sixteen bottlenecks of three CONVs, 25.6 million params.',
    create: () => resnet(50),
  },
];

export function findTemplate(id: string): Template | undefined {
  return TEMPLATES.find((template) => template.id === id);
}

export function blankDesign(): Design {
  return { name: 'Untitled', network: EMPTY_NETWORK, training: DEFAULT_TRAINING, classLabels: [] };
}
