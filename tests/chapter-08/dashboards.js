/* The dashboard and the alerts in docs/ against the real thing:
 * node dashboards.js PROGRAMS, with prometheus and promtool installed.
 * Prometheus reads metrics_lb by the sample configuration; then each panel must
 * find what it asks for. */
'use strict';

const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const { assert, test, until, count } = require('./browser/checks.js');
const { launch, start, stop, freePort, traffic, json } =
    require('./browser/processes.js');

const DOCS = path.join(__dirname, '../../docs');

function promtool(...args) {
    return execFileSync('promtool', args, { encoding: 'utf8' });
}

/* [[panel, query, expression], …], with Grafana's variables filled in. */
function expressions(dashboard) {
    return dashboard.panels.flatMap(panel => panel.targets.map(target =>
        [panel.title, target.refId, target.expr
            .replaceAll('$__rate_interval', '15s')
            .replace(/\$(job|instance)/g, '.*')]));
}

/* The names that a text asks for: our own, and those of every process. */
function names(text) {
    return new Set((text.match(/\b(lb|process)_[a-z_]+/g) ?? [])
        .map(name => name.replace(/_bucket$/, '')));
}

async function files(dashboard) {
    await test('promtool accepts the configuration and the alerts', () => {
        promtool('check', 'config', path.join(DOCS, 'prometheus.yml'));
        promtool('test', 'rules', path.join(DOCS, 'prometheus-alerts-test.yml'));
    });
    await test('each alert has a test', () => {
        const alerts = fs.readFileSync(
            path.join(DOCS, 'prometheus-alerts.yml'), 'utf8')
            .match(/(?<=alert: )\w+/g);
        const tests = fs.readFileSync(
            path.join(DOCS, 'prometheus-alerts-test.yml'), 'utf8');
        for (const alert of alerts)
            assert.match(tests, new RegExp(
                `alertname: ${alert}\\n +exp_alerts:`), alert);
    });
    await test('panels have ids of their own, and do not overlap', () => {
        const taken = new Set();
        for (const { title, gridPos: { x, y, w, h } } of dashboard.panels)
            for (let i = x; i < x + w; i++)
                for (let j = y; j < y + h; j++) {
                    assert.ok(i < 24 && !taken.has(`${i} ${j}`), title);
                    taken.add(`${i} ${j}`);
                }
        assert.equal(new Set(dashboard.panels.map(p => p.id)).size,
                     dashboard.panels.length);
    });
}

/* The sample configuration, for this balancer and with less patience. */
function configure(directory, admin) {
    const text = fs.readFileSync(path.join(DOCS, 'prometheus.yml'), 'utf8');
    assert.match(text, /127\.0\.0\.1:8090/);
    fs.copyFileSync(path.join(DOCS, 'prometheus-alerts.yml'),
                    path.join(directory, 'prometheus-alerts.yml'));
    fs.writeFileSync(path.join(directory, 'prometheus.yml'),
        text.replace('127.0.0.1:8090', `127.0.0.1:${admin}`)
            .replaceAll('_interval: 5s', '_interval: 1s'));
}

async function startBalancer(programs, admin) {
    const backend = `${programs}/backends/simple_http_backend`;
    const backends = [await start(backend, 0, 'one'),
                      await start(backend, 0, 'two')];
    const balancer = await start(`${programs}/chapter-08-metrics/metrics_lb`, 0,
        ...backends.map(b => `127.0.0.1:${b.port}`), '-m', admin);
    return [balancer, ...backends];
}

async function panels(dashboard, base, busy) {
    const query = async expr => {
        const answer = await json(
            `${base}/api/v1/query?query=${encodeURIComponent(expr)}`);
        assert.equal(answer.status, 'success', `${expr}: ${answer.error}`);
        return answer.data.result.filter(r => r.value[1] !== 'NaN');
    };
    for (const [title, letter, expr] of expressions(dashboard))
        await test(`panel "${title}", query ${letter}, shows something`, () =>
            until(expr, 30, async () => {
                await busy();
                return (await query(expr)).length > 0;
            }));
}

async function withPrometheus(directory, dashboard, programs) {
    const admin = await freePort(), port = await freePort();
    const children = await startBalancer(programs, admin);
    const [balancer, , victim] = children;
    try {
        configure(directory, admin);
        await traffic(balancer.port, ['/', '/status/500'], 40);
        await test('the alerts ask for metrics that there are', async () => {
            const there = await (await fetch(
                `http://127.0.0.1:${admin}/metrics`)).text();
            const types = new Set(there.match(/(?<=^# TYPE )\w+/gm));
            const asked = names(fs.readFileSync(
                path.join(DOCS, 'prometheus-alerts.yml'), 'utf8') +
                JSON.stringify(dashboard));
            assert.deepEqual([...asked].filter(name => !types.has(name)), []);
        });
        children.push(await launch(/Server is ready to receive/, 'prometheus',
            `--config.file=${directory}/prometheus.yml`,
            `--storage.tsdb.path=${directory}/data`,
            `--web.listen-address=127.0.0.1:${port}`));
        await stop(victim, 'SIGKILL');
        await panels(dashboard, `http://127.0.0.1:${port}`,
            () => traffic(balancer.port, ['/', '/status/500'], 20));
    } finally {
        for (const child of children)
            await stop(child, 'SIGKILL');
    }
}

async function main(programs) {
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'lb-dashboards-'));
    const dashboard = JSON.parse(fs.readFileSync(
        path.join(DOCS, 'grafana-dashboard.json'), 'utf8'));
    try {
        await files(dashboard);
        await withPrometheus(directory, dashboard, programs);
    } finally {
        fs.rmSync(directory, { recursive: true, force: true });
    }
    console.log(`dashboards: ${count()} passed, 0 failed`);
}

main(process.argv[2]).catch(error => {
    console.error(error);
    process.exitCode = 1;
});
