/** Of the report's page. Everything is in it: no font, no script, no address. */
export const STYLE = `
:root{color-scheme:light dark;--ground:#fbfaf8;--card:#fff;--ink:#1d2430;--dim:#667085;--rule:#e4e2dd;--home:#2563a8;--standby:#b8651b;--lost:#3c4250;--closed:#b9bfca;--replica:#c9d6e6;--moving:#8a5fb0;--none:#ececec;--bad:#c22f2f;--good:#23805a;--on:#fff}
@media(prefers-color-scheme:dark){:root{--ground:#12151b;--card:#1a1f28;--ink:#e8eaee;--dim:#9aa3b2;--rule:#2c3340;--home:#5a9be0;--standby:#e39a4c;--lost:#05070a;--closed:#4a5363;--replica:#33445a;--moving:#a883cc;--none:#242a34;--bad:#ef6a6a;--good:#54c193;--on:#0d1015}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
main{max-width:1040px;margin:0 auto;padding:24px 16px 64px}
h1{font-size:1.6rem;line-height:1.25;margin:.2em 0}
h2{font-size:1.1rem;margin:2.2em 0 .5em}
p{margin:.4em 0 1em}
.dim,small{color:var(--dim)}
.verdict{display:inline-block;font-weight:600;padding:2px 12px;border-radius:99px;color:var(--on);background:var(--good)}
.verdict.failed{background:var(--bad)}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(220px,45%),1fr));gap:12px;margin:20px 0}
.tile{background:var(--card);border:1px solid var(--rule);border-radius:10px;padding:12px 14px}
.tile b{display:block;font-size:1.5rem;font-variant-numeric:tabular-nums}
.tile span{color:var(--dim);font-size:.85rem}
.tile.bad b{color:var(--bad)}
figure{margin:0;background:var(--card);border:1px solid var(--rule);border-radius:10px;padding:10px;overflow-x:auto}
figure svg{display:block;min-width:640px;width:100%;height:auto}
figcaption{color:var(--dim);font-size:.85rem;margin-top:4px}
text{fill:var(--ink);font:11px system-ui,sans-serif}
text.tick{fill:var(--dim)}
text.word{fill:var(--on);font-size:10.5px}
text.word.replica,text.word.closed,text.word.none{fill:var(--ink)}
@media(prefers-color-scheme:dark){text.word.lost{fill:var(--ink)}rect.bar.lost{stroke:var(--dim)}}
.grid{stroke:var(--rule)}
.mark{stroke-width:1.6;stroke-dasharray:5 3}
.mark.trouble{stroke:var(--bad)}
.mark.writable{stroke:var(--good)}
.mark.client{stroke:var(--moving)}
.band.missing{fill:var(--bad);opacity:.16}
.bar.home{fill:var(--home)}.bar.standby{fill:var(--standby)}.bar.lost{fill:var(--lost)}.bar.closed{fill:var(--closed)}.bar.replica{fill:var(--replica)}.bar.moving{fill:var(--moving)}.bar.none{fill:var(--none)}.bar.failed{fill:var(--bad)}
.line{fill:none;stroke-width:1.6}
.line.p50,.line.home{stroke:var(--home)}
.line.p95,.line.standby{stroke:var(--standby)}
.key{display:inline-block;width:.8em;height:.8em;border-radius:2px;margin:0 .35em 0 .9em}
.account{display:flex;height:26px;border-radius:6px;overflow:hidden;border:1px solid var(--rule)}
.account i{min-width:2px}
.present{background:var(--good)}.salvaged{background:var(--moving)}.gone{background:var(--standby)}.unexplained{background:var(--bad)}
table{border-collapse:collapse;width:100%;font-size:.92rem}
th,td{text-align:left;vertical-align:top;padding:5px 10px 5px 0;border-bottom:1px solid var(--rule)}
td.time,td.number{font-variant-numeric:tabular-nums;white-space:nowrap}
.held{color:var(--good);font-weight:600}.broken{color:var(--bad);font-weight:600}
details{margin-top:.6em}
summary{cursor:pointer}
.scroll{max-height:460px;overflow:auto;background:var(--card);border:1px solid var(--rule);border-radius:10px;padding:4px 12px}
`;
