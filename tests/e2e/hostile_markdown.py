"""Markdown that tries to reach the network, the disk or other programs when it is drawn."""

from __future__ import annotations

import base64

SHARE = "tacit-test-host/share"


def samples(web: str, folder: str) -> dict[str, str]:
    """Texts by name. `web` is the address of a server that counts its visitors, `folder` one
    with the files picture.png, style.css and page.html, which nobody may open."""
    picture, style, page = (f"{folder}/{n}" for n in ("picture.png", "style.css", "page.html"))
    drawing = (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">'
        f'<image xlink:href="{web}/svg"/><image xlink:href="file://{picture}"/></svg>'
    )
    encoded = base64.b64encode(drawing.encode()).decode()
    return {
        "remote image": f"![a]({web}/image.png)",
        "remote image with a title": f'![a]({web}/title.png "title")',
        "remote image by reference": f"![a][ref]\n\n[ref]: {web}/reference.png",
        "remote image in a link": f"[![a]({web}/linked.png)]({web}/link)",
        "address in angle brackets": f"<{web}/auto>",
        "bare address": f"See {web}/bare for more.",
        "file image": f"![a](file://{picture})",
        "absolute image": f"![a]({picture})",
        "relative image": "![a](picture.png) ![b](./picture.png) ![c](../picture.png)",
        "encoded file image": f"![a](file:///{picture.replace('/', '%2F')})",
        "share": f"![a](//{SHARE}/p.png) ![b](file://{SHARE}/p.png) ![c](\\\\\\\\{SHARE}\\p.png)",
        "share by smb": f"![a](smb://{SHARE}/p.png)",
        "resource": "![a](qrc:/qt-project.org/logo.png) ![b](:/logo.png) ![c](image://x/y)",
        "data": f"![a](data:image/svg+xml;base64,{encoded})",
        "raw image": f'<img src="{web}/raw.png"><img src="file://{picture}"><img src={picture}>',
        "raw share": f'<img src="//{SHARE}/raw.png"><img src="file://///{SHARE}/raw.png">',
        "raw drawing": drawing,
        "stylesheet": f'<link rel="stylesheet" href="{web}/s.css">'
        f"<link rel=stylesheet href={style}>",
        "style": f'<style>@import url("{web}/i.css"); p {{ background: url({picture}) }}</style>',
        "background": f'<table background="{picture}"><tr><td>x</td></tr></table>'
        f'<body background="{web}/body.png"><div style="background-image:url({web}/d.png)">x</div>',
        "frames": f'<iframe src="{web}/f"></iframe><object data="file://{page}"></object>'
        f'<embed src="{page}"><frame src="{page}">',
        "media": f'<video src="{web}/v" autoplay></video><audio src="{web}/a" autoplay></audio>',
        "script": f'<script src="{web}/s.js"></script><script>fetch("{web}/js")</script>'
        f"<img src=x onerror=\"fetch('{web}/e')\">",
        "page": f'<base href="{web}/"><meta http-equiv="refresh" content="0;url={web}/refresh">',
        "list bullet": f'<ul style="list-style-image:url({picture})"><li>x</li></ul>',
        "links": f"[a](file://{page}) [b]({page}) [c](javascript:open('{web}/j')) [d](custom:x) "
        f"[e](//{SHARE}/l) [f](smb://{SHARE}/l) [g](data:text/html,x) [h](vbscript:x)",
        "link with a title": f"[a]({web}/t \"<img src='file://{picture}'>\")",
        "raw link": f'<a href="file://{page}">x</a><a href="javascript:alert(1)">y</a>',
        "code": f"```html\n<img src='{web}/code.png'><img src='{picture}'>\n```",
        "table": f"| a | b |\n|---|---|\n| ![x]({web}/t.png) | <img src='{picture}'> |",
        "table with links": f"| [a](file://{page}) | b |\n|---|:-:|\n| ![x](<{picture}>) | $x$ |",
        "formula": f"$\\includegraphics{{{picture}}}$ $\\href{{{web}/m}}{{x}}$ $x^2$\n\n"
        f"$$\n\\input{{{page}}} \\url{{{web}/u}}\n$$\n\n\\[\\color{{url({web}/c)}} x = y\\]",
        "formula with markup": f"$$\\text{{<img src='{web}/x.png'>}} + <image href='{picture}'/>$$",
        "formula without end": "$" + "{" * 60 + "x" + "}" * 60 + "$ $" + "x+" * 99 + "$",
        "footnote": f"See[^1].\n\n[^1]: ![x]({web}/f.png) <img src='{picture}'>",
        "entities": f"&lt;img src='{web}/e.png'&gt; &#60;img src={picture}&#62;",
        "comment": f"<!-- <img src='{picture}'> --> <![CDATA[<img src='{web}/c.png'>]]>",
    }
