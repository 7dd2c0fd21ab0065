"""How a page looks: on a desk, on a phone, on A4. It is the one thing that the page may apply."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from typing import Final

STYLE: Final = """
:root{color-scheme:only light;--ink:#15202b;--soft:#566472;--edge:#d4dce4;--tint:#f2f5f8;
--one:#1f5f99;--two:#c9761a;--bad:#a8201a}
*{box-sizing:border-box}
html{background:#fff;color:var(--ink);-webkit-text-size-adjust:100%;
font:16px/1.5 Assistant,"Noto Sans Hebrew","Segoe UI","Noto Sans",Arial,"DejaVu Sans",sans-serif}
body{margin:0 auto;max-width:78rem;padding:2rem 1.5rem 3rem}
header{border-block-end:3px solid var(--one);margin-block-end:1.5rem;padding-block-end:1rem}
header p{color:var(--soft);margin:0}
h1{font-size:2rem;line-height:1.2;margin:.1rem 0 .3rem}
h2{font-size:1.15rem;margin:0 0 .5rem}
.sums{display:grid;gap:.75rem;grid-template-columns:repeat(auto-fit,minmax(9.5rem,1fr));
margin:0 0 2rem}
.sums div{background:var(--tint);border-radius:.5rem;padding:.6rem .9rem}
dt{color:var(--soft);font-size:.85rem}
dd{font-size:1.3rem;font-weight:600;margin:0}
dd bdi,.n{font-variant-numeric:tabular-nums;white-space:nowrap}
figure{margin:0 0 2rem}
.legend{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;list-style:none;margin:0 0 .75rem;padding:0}
.legend svg{height:.75rem;margin-inline-end:.4rem;width:.75rem}
.one{fill:var(--one)}.two{fill:var(--two)}
.track{fill:var(--tint)}
.line{fill:none;stroke-linecap:round;stroke-linejoin:round;stroke-width:2.5;
vector-effect:non-scaling-stroke}
.line.one{fill:none;stroke:var(--one)}.line.two{fill:none;stroke:var(--two);stroke-dasharray:7 4}
.grid{stroke:var(--edge)}.zero{stroke:var(--soft)}
svg{display:block;overflow:visible}
.legend svg{display:inline-block}
svg text{fill:var(--ink);font-size:14px}
svg text:not(.figure){unicode-bidi:plaintext}
svg .tick{fill:var(--soft);font-size:12px;paint-order:stroke;stroke:#fff;stroke-width:4px}
svg .figure{direction:ltr;font-variant-numeric:tabular-nums}
.scroll{overflow-x:auto}
table{border-collapse:separate;border-spacing:0;font-size:.95rem;width:100%}
th,td{padding:.45rem .7rem;vertical-align:top}
thead th{background:var(--tint);border-block-end:2px solid var(--edge);font-weight:600;
vertical-align:bottom}
tbody th,tbody td{border-block-end:1px solid var(--edge)}
tbody th{font-weight:400}
tfoot th,tfoot td{border-block-start:2px solid var(--ink);font-weight:700}
.t{max-width:22rem;min-width:6rem;unicode-bidi:plaintext}
tbody .t{overflow-wrap:anywhere}
[dir=rtl] :is(.t,.d){text-align:right}[dir=ltr] :is(.t,.d){text-align:left}
.d{font-variant-numeric:tabular-nums;white-space:nowrap}
.n{direction:ltr;text-align:right;unicode-bidi:isolate}
thead .n{direction:inherit;white-space:normal}
@media (min-width:40rem){.wide table{font-size:.875rem}.wide :is(th,td){padding-inline:.45rem}}
.less{color:var(--bad)}
.note{color:var(--soft)}
@media (max-width:40rem){
body{padding:1.1rem .9rem 2rem}
h1{font-size:1.5rem}
.sums{gap:.5rem;grid-template-columns:1fr 1fr}
dd{font-size:1.1rem}
th,td{padding:.4rem .5rem}
tr>:first-child{background:#fff;border-inline-end:1px solid var(--edge);inset-inline-start:0;
position:sticky}
thead tr>:first-child{background:var(--tint)}
.t{max-width:11rem;min-width:6.5rem}
svg .seldom{display:none}
}
@page{margin:14mm 12mm 16mm;size:A4;@bottom-center{color:#566472;
content:counter(page) " / " counter(pages);direction:ltr;font:9pt "Noto Sans",Arial,sans-serif}}
@page wide{size:A4 landscape}
@media print{
html{font-size:11px;print-color-adjust:exact;-webkit-print-color-adjust:exact}
body{max-width:none;padding:0}
.wide{page:wide}
.wide figure{zoom:.72}
.scroll{overflow:visible}
thead{display:table-header-group}
tfoot{display:table-row-group}
tr,figure,.sums div{break-inside:avoid}
tfoot tr{break-before:avoid}
h2{break-after:avoid}
svg text{font-size:13px}svg .tick{font-size:11px}
}
"""
POLICY: Final = (
    "default-src 'none';base-uri 'none';form-action 'none';"
    f"style-src 'sha256-{b64encode(sha256(STYLE.encode()).digest()).decode()}'"
)
"""What a browser lets the page do, also where it was kept as a file: have this style."""
