/* picture: draws live-light.svg and live-dark.svg of chapter 8, the page as its
 * README shows it: under load, with one of three backends killed. */
'use strict';

const fs = require('node:fs');

const { until } = require('./checks.js');
const { traffic } = require('./processes.js');
const { toSvg } = require('./svg.js');
const { inWorld, killBackend } = require('./world.js');

const WIDTH = 1160; // pixels: eight tiles in one row, and a name fits its column
const WEIGHTS = [3, 2, 1];
const PORTS = [9001, 9002, 9003]; // those of the README
const VICTIM = 2;
const OPTIONS = ['-a', 'wrr', '-r', 400, '-b', 600];
const SHOWN_S = 60; // the shortest curve that the page offers
const KILL_S = 40;  // so that what was before is in it, and what came then

const QUICK = ['/', '/bytes/2000', '/', '/bytes/100', '/', '/bytes/20000', '/'];
const PATHS = [...QUICK, '/delay/2', ...QUICK, '/delay/20', ...QUICK,
               '/status/404'];

/* So many clients at once, one crowd after the other; each client asks about
 * twenty times a second. The largest crowds are more than -r allows. */
const CROWDS = [8, 10, 13, 11, 9, 7, 10, 14, 16, 32, 32, 32, 15];
const REST_MS = 45;
const CROWD_S = 2;

async function load(world, going) {
    for (let i = 0; going.on; i = (i + 1) % CROWDS.length)
        await traffic(world.port, PATHS, CROWDS[i] * CROWD_S * 1000 / REST_MS,
                      CROWDS[i], REST_MS);
}

/* In the page: whether the curves are as long as the picture, the crowd is too
 * large, and the killed backend has no share any more and is all that is wrong. */
function asInTheReadme(seconds, victim) {
    const { samples } = state;
    const last = samples[samples.length - 1], before = samples[samples.length - 2];
    const row = document.querySelectorAll('#backends tr')[victim];
    return last.t - samples[0].t >= seconds &&
           before.refused > 0 && last.refused > 0 &&
           /backends is down.*No errors/.test(
               document.getElementById('verdict-text').textContent) &&
           /^0\s/.test(row.querySelector('.share .number').textContent);
}

async function draw(world, scheme) {
    const { browser } = world;
    await browser.scheme(scheme, 'screen');
    const height = await browser.run(
        () => Math.ceil(document.body.getBoundingClientRect().height));
    const file = `${world.programs}/chapter-08-metrics/live-${scheme}.svg`;
    fs.writeFileSync(file, toSvg(await browser.print(WIDTH, height)));
    console.log(`  drawn: ${file}`);
}

async function paint(world) {
    const { browser } = world;
    await browser.screen(WIDTH, 2000); // so high that nothing scrolls
    await browser.run(seconds => document.querySelector(
        `[data-range="${seconds}"]`).click(), SHOWN_S);
    await until(`curves of ${KILL_S} s`, 2 * SHOWN_S, () => browser.run(
        seconds => serverNow() - state.samples[0].t >= seconds, KILL_S));
    await killBackend(world, VICTIM);
    await until('the page is as in the README', 2 * SHOWN_S, () => browser.run(
        asInTheReadme, SHOWN_S, VICTIM));
    await browser.run(() => { // both pictures are of this second
        state.paused = true;
        state.pausedAt = serverNow();
    });
    for (const scheme of ['light', 'dark'])
        await draw(world, scheme);
}

module.exports = function picture(browser, programs) {
    return inWorld(browser, programs, OPTIONS, async world => {
        const going = { on: true };
        const clients = load(world, going);
        try {
            await paint(world);
        } finally {
            going.on = false;
            await clients;
        }
    }, WEIGHTS, PORTS);
};
