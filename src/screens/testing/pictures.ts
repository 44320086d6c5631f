import { mkdirSync } from 'node:fs';
import { openStage } from './stage.ts';

/**
 * Pictures of the boards, to be laid beside the design's: `node src/screens/testing/pictures.ts [folder] [filter]`.
 */
const TV = { width: 1920, height: 1080 };
const LANDSCAPE = { width: 1280, height: 800 };
const PORTRAIT = { width: 800, height: 1280 };

const PICTURES: [name: string, path: string, size: { width: number; height: number }][] = [
  ['kitchen-station', 'testing/kitchen.html?scene=normal', TV],
  ['kitchen-40-lines', 'testing/kitchen.html?scene=forty', TV],
  ['kitchen-2-lines', 'testing/kitchen.html?scene=two', TV],
  ['kitchen-offline', 'testing/kitchen.html?scene=offline', TV],
  ['kitchen-empty', 'testing/kitchen.html?scene=empty', TV],
  ['kitchen-unproven', 'testing/kitchen.html?scene=unproven', TV],
  ['kitchen-arabic', 'testing/kitchen.html?scene=arabic&lang=ar', TV],
  ['kitchen-busy', 'testing/kitchen.html?scene=busy', TV],
  ['kitchen-landscape', 'testing/kitchen.html?scene=normal', LANDSCAPE],
  ['kitchen-portrait', 'testing/kitchen.html?scene=normal', PORTRAIT],
  ['kitchen-gate', 'testing/kitchen.html?scene=normal&gate=1', LANDSCAPE],
  ['kitchen-voided', 'testing/kitchen.html?scene=voided', LANDSCAPE],
  ['kitchen-loading', 'testing/kitchen.html?scene=loading', LANDSCAPE],
  ['expo', 'testing/expo.html?scene=normal&lang=es', TV],
  ['expo-landscape', 'testing/expo.html?scene=normal', LANDSCAPE],
  ['expo-portrait', 'testing/expo.html?scene=normal', PORTRAIT],
  ['expo-arabic', 'testing/expo.html?scene=normal&lang=ar', TV],
  ['expo-platforms', 'testing/expo.html?scene=platforms', TV],
  ['expo-platforms-landscape', 'testing/expo.html?scene=platforms', LANDSCAPE],
  ['expo-platforms-arabic', 'testing/expo.html?scene=platforms&lang=ar', TV],
  ['expo-empty', 'testing/expo.html?scene=empty', TV],
];

const folder = process.argv[2] ?? 'pictures';
const filter = process.argv[3] ?? '';
mkdirSync(folder, { recursive: true });
const stage = await openStage({ mayPlay: true });
for (const [name, path, size] of PICTURES.filter(([one]) => one.includes(filter))) {
  const page = await stage.open(path, size);
  await page.waitForTimeout(700);
  await page.screenshot({ path: `${folder}/${name}.png` });
  await page.context().close();
}
await stage.close();
