/* svg: a PDF of one page as an SVG, by pdftocairo (of poppler-utils), made small.
 * Its letters are outlines: it looks the same wherever it is shown. */
'use strict';

const { execFileSync } = require('node:child_process');

const UNIT = 100; // parts of a point: a hundredth of a pixel is not seen

function shortNumber(n) {
    return String(n / UNIT).replace(/^(-?)0\./, '$1.');
}

/* An outline as steps from point to point, which need fewer digits than places.
 * In whole units, so that what is rounded does not add up. M, L, C and Z are all
 * that cairo writes. */
function steps(outline) {
    let from = [0, 0], first = from;
    const part = ([, letter, list]) => {
        const places = (list.match(/\S+/g) ?? []).map(n => Math.round(n * UNIT));
        const step = places.map((n, i) => shortNumber(n - from[i % 2]));
        from = letter === 'Z' ? first : places.slice(-2);
        first = letter === 'M' ? from : first;
        return letter.toLowerCase() + step.join(' ').replace(/ -/g, '-')
            .replace(/(\.\d+) (?=\.)/g, '$1'); // a second point ends a number
    };
    return [...outline.matchAll(/([MLCZ])([^MLCZ]*)/g)].map(part).join('')
        .replace(/m0 0$/, ''); // cairo's last: back to where Z has led
}

/* One group for each run of letters that look alike, in the place of one each. */
function together(svg) {
    const alike = /(<g style="[^"]*">\n)((?: *<use[^>]*>\n)+)<\/g>\n\1/g;
    const shorter = svg.replace(alike, '$1$2');
    return shorter === svg ? svg : together(shorter);
}

/* cairo (1.16) says the rule beside the reference to a clip, where it says
 * nothing; it belongs to the outline of the clip. */
function ruled(svg) {
    const ids = svg.matchAll(/url\(#(clip\d+)\)" clip-rule="evenodd"/g);
    return [...ids].reduce((text, [, id]) => text.replace(
        `id="${id}">\n  <path `, '$&clip-rule="evenodd" '), svg);
}

function toSvg(pdf) {
    const svg = execFileSync('pdftocairo', ['-svg', '-', '-'],
        { input: pdf, encoding: 'utf8', maxBuffer: 1 << 26 });
    return together(ruled(svg))
        .replace(/ d="([^"]*)"/g, (_, outline) => ` d="${steps(outline)}"`)
        .replace(/\d+\.\d{3,}/g, n => String(Math.round(n * UNIT) / UNIT))
        .replace(/ *<use xlink:href="#glyph/g, '<use href="#g')
        .replace(/id="glyph/g, 'id="g')
        .replace(/ style="stroke:none;"/g, ''); // there is no other default
}

module.exports = { toSvg };
