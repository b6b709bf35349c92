/* The live page in a real browser: node main.js CHROMIUM PROGRAMS [PART]
 * where PROGRAMS is the directory that holds backends/ and chapter-08-metrics/,
 * and PART is one of those below, or `picture`, which is no test.
 * Ends all that it started, also when it fails or takes too long. */
'use strict';

const { Browser } = require('./webdriver.js');
const { SCALE, count } = require('./checks.js');

const LIMIT_MS = 180000 * SCALE;
const PARTS = ['told_page', 'seen_page', 'real_page'];

async function main(binary, programs, ...chosen) {
    const browser = await Browser.start(binary);
    const limit = setTimeout(() => {
        console.error(`browser: not done after ${LIMIT_MS / 1000} s`);
        browser.kill();
        process.exit(1); // the balancers end with us: see processes.js
    }, LIMIT_MS);
    try {
        for (const part of chosen.length > 0 ? chosen : PARTS)
            await require(`./${part}.js`)(browser, programs);
    } finally {
        clearTimeout(limit);
        await browser.stop();
    }
    if (count() > 0)
        console.log(`browser: ${count()} passed, 0 failed`);
}

main(...process.argv.slice(2)).catch(error => {
    console.error(error);
    process.exitCode = 1;
});
