/* real_page: the page of the real metrics_lb, with real backends behind it. */
'use strict';

const { assert, test, until, pause, SCALE } = require('./checks.js');
const { stop, traffic, json } = require('./processes.js');
const { inWorld, startBackend, startBalancer, killBackend } =
    require('./world.js');

const OPTIONS = ['-r', 20, '-b', 500]; // some of 900 are refused
const TOLD_WITHIN_MS = 2000 * SCALE;

const PATHS = ['/', '/bytes/2000', '/status/404', '/', '/delay/5', '/status/500'];

/* Counters as the page shows them, for comparing with those of /lb-stats. */
function shownCounters() {
    const number = text => Number(text.replace(/,/g, ''));
    const plain = {};
    for (const e of document.querySelectorAll('[data-as=count]'))
        plain[e.dataset.stat] = number(e.textContent);
    const cells = id => [...document.getElementById(id).rows].map(
        row => [...row.cells].map(cell => cell.textContent));
    return {
        total: plain['requests.total'], failed: plain['requests.failed'],
        limited: plain.rate_limited, retries: plain.retries,
        statuses: Object.fromEntries(cells('answers').map(
            ([name, , n]) => [name.split(' ')[0], number(n)])),
        buckets: Object.fromEntries(cells('histogram').map(
            ([name, , , n]) => [name, number(n)])),
        backends: [...document.querySelectorAll('#backends tr')].map(row => ({
            name: row.dataset.name, word: row.querySelector('.word').textContent,
            requests: number(row.cells[9].textContent),
            failures: number(row.cells[10].textContent),
            idle: number(row.cells[6].textContent),
        })),
    };
}

function boundText(le) {
    return le === null ? 'longer' : le < 0.001 ? `${Math.round(le * 1e6)} µs`
         : le < 1 ? `${+(le * 1e3).toPrecision(3)} ms` : `${le} s`;
}

function toldCounters(stats) {
    const buckets = {};
    let below = 0;
    for (const { le, count } of stats.latency.buckets) {
        buckets[boundText(le)] = count - below;
        below = count;
    }
    return {
        total: stats.requests.total, failed: stats.requests.failed,
        limited: stats.rate_limited, retries: stats.retries,
        statuses: stats.requests.by_status, buckets,
        backends: stats.backends.map(b => ({
            name: b.name, word: b.up ? 'up' : 'down', requests: b.requests,
            failures: b.failures, idle: b.pool.idle })),
    };
}

/* The page leaves out the empty ends of the histogram; the rest must be there. */
function withoutEmpty(counters) {
    const buckets = Object.fromEntries(
        Object.entries(counters.buckets).filter(([, n]) => n > 0));
    return { ...counters, buckets };
}

function sameAs(world) {
    return until('the page shows what /lb-stats says', 5, async () => {
        const told = withoutEmpty(toldCounters(await json(world.statsUrl)));
        const shown = withoutEmpty(await world.browser.run(shownCounters));
        try {
            assert.deepEqual(shown, told);
            return true;
        } catch (error) {
            world.difference = error.message;
            return false;
        }
    }).catch(error => assert.fail(`${error.message}\n${world.difference}`));
}

async function underTraffic(world) {
    await test('under traffic the page is at most two seconds behind',
        async () => {
        const busy = traffic(world.port, PATHS, 900);
        const before = (await json(world.statsUrl)).requests.total;
        await pause(2000);
        const shown = (await world.browser.run(shownCounters)).total;
        const after = (await json(world.statsUrl)).requests.total;
        assert.ok(before <= shown && shown <= after,
                  `${before} <= ${shown} <= ${after}`);
        world.seen = await busy;
    });
    await test('when the traffic is over, every counter is the same', () =>
        sameAs(world));
    await test('they are what the clients saw', async () => {
        const { statuses } = await world.browser.run(shownCounters);
        assert.deepEqual(statuses, world.seen);
        assert.ok(statuses[429] > 0 && statuses[500] > 0);
    });
    await test('the curves add up to the counters', async () => {
        const sums = await world.browser.run(() => [
            state.samples.reduce((n, s) => n + s.requests * s.dt, 0),
            state.samples.reduce((n, s) => n + s.refused * s.dt, 0)]);
        const { total, limited } = await world.browser.run(shownCounters);
        assert.deepEqual(sums.map(Math.round), [total, limited]);
    });
}

async function backendDies(world) {
    await test('a killed backend is down on the page within two seconds',
        async () => {
        const name = `127.0.0.1:${world.backends[1].port}`;
        await killBackend(world, 1);
        const known = Date.now();
        await until('the page knows', 5, async () => (await world.reader
            .backends()).find(b => b.name === name).word === 'down');
        assert.ok(Date.now() - known <= TOLD_WITHIN_MS);
        assert.match((await world.reader.verdict()).text,
                     new RegExp(`1 of 3 backends is down: ${name}`));
        await sameAs(world);
    });
}

async function balancerRestarts(world) {
    await test('a restart is told, and the page goes on with new curves',
        async () => {
        await stop(world.balancer);
        await until('no answer', 5, async () =>
            (await world.reader.verdict()).level === 'lost');
        await startBackend(world, 1, world.backends[1].port);
        await startBalancer(world);
        await until('restarted', 5, async () =>
            /restarted/.test((await world.reader.verdict()).text));
        await traffic(world.port, ['/'], 50);
        await sameAs(world);
        const { total } = await world.browser.run(shownCounters);
        assert.equal(total, 50);
        assert.ok(await world.browser.run(() => state.samples.every(
            s => s.requests >= 0 && s.received >= 0 && s.sent >= 0)));
    });
}

module.exports = function realPage(browser, programs) {
    return inWorld(browser, programs, OPTIONS, async world => {
        await underTraffic(world);
        await backendDies(world);
        await balancerRestarts(world);
        await test('the browser asked nobody else', async () =>
            assert.deepEqual(await world.reader.origins(),
                             [`http://127.0.0.1:${world.admin}`]));
    });
};
