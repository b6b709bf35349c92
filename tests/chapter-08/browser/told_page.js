/* told_page: the page in front of a balancer that says what the test wants. */
'use strict';

const { assert, test, until, pause, SCALE } = require('./checks.js');
const { FakeAdmin } = require('./fake_admin.js');
const { Reader } = require('./reader.js');

const HOSTILE = '<img src=x onerror="document.title=\'owned\'">&amp;';

async function quantiles(browser) {
    await test('a quantile is interpolated as Prometheus does', async () => {
        const results = await browser.run(() => {
            const of = (...counts) => [0.001, 0.01, 0.1, null].map(
                (le, i) => ({ le, count: counts[i] }));
            return [quantile(0.5, of(0, 10, 10, 10)),
                    quantile(0.99, of(50, 100, 100, 100)),
                    quantile(0.99, of(0, 0, 0, 5)),
                    quantile(0.5, of(0, 0, 0, 0)),
                    quantile(0.5, [])];
        });
        assert.equal(results[0].toFixed(6), '0.005500');
        assert.equal(results[1].toFixed(6), '0.009820');
        assert.equal(results[2], 0.1); // all that is known: longer than that
        assert.deepEqual(results.slice(3), [null, null]);
    });
    await test('numbers are written with three digits and a unit', async () => {
        const texts = await browser.run(() => [time(0.00035), time(0.0012),
            time(0.25), time(2), time(null), bytes(0), bytes(1536),
            bytes(3 << 20), percent(1, 3), percent(999, 1000), percent(0, 0),
            count(1234567), rate(3.14), rate(12345)]);
        assert.deepEqual(texts, ['350\u00a0µs', '1.20\u00a0ms', '250\u00a0ms',
            '2.00\u00a0s', '–', '0\u00a0B', '1.50\u00a0KiB', '3.00\u00a0MiB',
            '33\u00a0%', '99.9\u00a0%', '–', '1,234,567', '3.1', '12,345']);
    });
}

async function seconds(browser, admin, reader) {
    await test('rates and quantiles are those of the last second', async () => {
        await until('two answers', 5,
                    () => browser.run(() => state.samples.length >= 1));
        admin.serve(100, 0.005);
        await until('100 requests', 5,
            () => browser.run(() => state.samples.some(s => s.requests > 0)));
        const s = await browser.run(
            () => state.samples.find(x => x.requests > 0));
        assert.ok(Math.abs(s.requests * s.dt - 100) < 1e-6);
        assert.equal(s.p50.toFixed(6), '0.005500');
        assert.equal(s.errors, 0);
    });
    await test('an error is said, and is over after ten seconds', async () => {
        admin.serve(3, 0.005, 502);
        await until('bad', 5, async () =>
            /ended in errors/.test((await reader.verdict()).text));
        assert.equal((await reader.verdict()).level, 'bad');
        await until('good again', 20, async () =>
            (await reader.verdict()).level === 'good');
        assert.equal(await reader.text('errors-total'), '3');
    });
    await test('a refusal by the limiter is said', async () => {
        admin.stats.rate_limited += 7;
        await until('warn', 5, async () =>
            /limiter refuses/.test((await reader.verdict()).text));
        assert.equal((await reader.plain())['rate_limited'], '7');
    });
}

async function quiet(browser) {
    await test('while nothing changes, nothing is read aloud', async () => {
        await until('calm', 20, () => browser.run(
            () => document.getElementById('verdict').dataset.level === 'good'));
        await browser.run(() => {
            window.spoken = 0;
            new MutationObserver(() => window.spoken++).observe(
                document.getElementById('verdict'),
                { subtree: true, childList: true, characterData: true });
        });
        await pause(3500);
        assert.equal(await browser.run(() => window.spoken), 0);
        const live = await browser.run(() => document.querySelectorAll(
            '[aria-live], [role=status], [role=alert], [role=log]').length);
        assert.equal(live, 1);
    });
}

async function hostile(browser, admin, reader) {
    await test('a name of a backend is a text, whatever it holds', async () => {
        const names = (await reader.backends()).map(b => b.name);
        assert.ok(names.includes(HOSTILE));
        assert.equal(await browser.run(
            () => document.querySelectorAll('main img, main script').length), 0);
        assert.notEqual(await browser.run(() => document.title), 'owned');
    });
    await test('two backends of one name are two rows', async () => {
        const names = (await reader.backends()).map(b => b.name);
        assert.equal(new Set(names).size, admin.stats.backends.length);
    });
    await test('an answer that is not ours is an answer that is missing',
        async () => {
        for (const broken of ['{}', '[', '', 'null', '{"now":1}', 500, 404]) {
            admin.broken = broken;
            await until(`lost at ${broken}`, 5, async () =>
                (await reader.verdict()).level === 'lost');
            admin.broken = null;
            await until(`back after ${broken}`, 5, async () =>
                (await reader.verdict()).level !== 'lost');
        }
    });
}

async function changes(browser, admin, reader) {
    await test('a backend that goes down and up is told by word and shape',
        async () => {
        const before = (await reader.backends())[0];
        admin.stats.backends[0].up = false;
        await until('down', 2.5, async () =>
            (await reader.backends())[0].word === 'down');
        const down = (await reader.backends())[0];
        assert.notEqual(down.colour, before.colour);
        assert.notEqual(down.shape, before.shape);
        assert.match((await reader.verdict()).text, /1 of 3 backends is down/);
        assert.match(await browser.run(() => document.title), /^1 down/);
        admin.stats.backends[0].up = true;
        await until('up', 2.5, async () =>
            (await reader.backends())[0].word === 'up');
        assert.match(await reader.text('events'), /is down/);
    });
    await test('a drain and a reload are told', async () => {
        admin.stats.draining = true;
        admin.stats.reloads.ok = 1;
        await until('drains', 5, async () =>
            /drains/.test((await reader.verdict()).text));
        assert.match(await reader.text('events'), /reloaded/);
        admin.stats.draining = false;
    });
    await test('a clock that is set back draws no negative rate', async () => {
        admin.clock = () => Date.now() / 1000 - 3600;
        await pause(2500);
        assert.ok(await browser.run(() => state.samples.length > 0 &&
            state.samples.every(s => s.dt > 0 && s.requests >= 0)));
    });
}

async function nobodyElse(browser, admin, reader) {
    await test('nothing but the page and its numbers is asked for', async () => {
        assert.deepEqual([...new Set(admin.asked)].sort(), ['/', '/lb-stats']);
        assert.deepEqual(await reader.origins(), [new URL(admin.url).origin]);
    });
    await test('and the page could not ask anybody else', async () => {
        const blocked = await browser.run(() => new Promise(resolve => {
            document.addEventListener('securitypolicyviolation',
                                      event => resolve(event.blockedURI));
            fetch('http://127.0.0.2:9/').catch(() => {});
            setTimeout(resolve, 2000, null);
        }));
        assert.equal(new URL(blocked).host, '127.0.0.2:9');
    });
}

async function restart(browser, admin, reader) {
    await test('a server that is gone is told, and one that came back, too',
        async () => {
        const { port } = admin;
        await admin.close();
        await until('lost', 5, async () =>
            (await reader.verdict()).level === 'lost');
        assert.match((await reader.verdict()).text, /^No answer since/);
        const again = await new FakeAdmin(['a', 'b']).listen(port);
        try {
            await until('resumed', 5, async () =>
                /restarted/.test((await reader.verdict()).text));
            again.serve(5, 0.005);
            await until('samples', 5,
                () => browser.run(() => state.samples.length >= 2));
            const lowest = await browser.run(() => Math.min(...state.samples
                .flatMap(s => [s.requests, s.errors, s.sent])));
            assert.ok(lowest >= 0);
            assert.equal((await reader.rows('backends')).length, 2);
            assert.match(await reader.text('events'), /restarted, as process/);
        } finally {
            await again.close();
        }
    });
}

module.exports = async function toldPage(browser) {
    const admin = await new FakeAdmin([HOSTILE, 'twin', 'twin']).listen();
    const reader = new Reader(browser);
    try {
        await browser.open(admin.url);
        await until('backends', 5, async () =>
            (await reader.backends()).length === 3);
        await quantiles(browser);
        await seconds(browser, admin, reader);
        await hostile(browser, admin, reader);
        await changes(browser, admin, reader);
        await quiet(browser);
        await nobodyElse(browser, admin, reader);
        await restart(browser, admin, reader);
    } finally {
        if (admin.server.listening)
            await admin.close();
    }
};
