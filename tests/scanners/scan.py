"""Does a scanner find anything? wapiti and sqlmap, signed in as each audience, against a running demo.

    python tests/scanners/scan.py http://127.0.0.1:8113 --to var/scans [--wapiti wapiti] [--sqlmap sqlmap]

They send thousands of requests and fill in every form: only ever against a demo of your own.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import urllib.request
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode, urlsplit

ROOT = Path(__file__).resolve().parents[2]
# What would end the session, or is not part of the product.
NOT_THESE = ("logout", "/password/", "/demo/", "view_as", "/sessions/", "/2fa/")
SECONDS_EACH = 120
TYPED = {"q": "lab", "search": "lab", "zip": "02139", "pay": "20", "page": "1", "p": "0"}
FILTER = re.compile(r'<form[^>]*method="get"[^>]*>(.*?)</form>', re.DOTALL | re.IGNORECASE)
FIELD = re.compile(r'<(?:input|select)[^>]*\bname="([\w-]+)"')
LISTS = {
    "stranger": ["/roles/", "/demo/mail/"],
    "employer": ["roles/", "candidates/", "candidates/?tab=past", "hires/", "team/"],
    "provider": ["people/", "people/export.csv", "answers/", "cohorts/", "team/"],
    "funder": ["", "team/"],
    "broker": [
        "/admin/",
        "/admin/employers/role/?todo=open&o=1",
        "/admin/candidates/candidate/?status__exact=ready&o=1",
        "/admin/placements/match/?todo=live&o=1",
        "/admin/placements/placement/?o=1",
        "/admin/audit/event/?o=1",
        "/admin/accounts/organization/?o=1",
    ],
}


class Visitor:
    """A browser without a face: signs in, and lends its cookies to a scanner."""

    def __init__(self, name: str, site: str) -> None:
        self.name = name
        self.site = site
        self.jar = CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))
        self.home = site + "/"

    def read(self, url: str, data: dict[str, str] | None = None) -> str:
        sent = urlencode(data).encode() if data else None
        with self.opener.open(urllib.request.Request(url, sent)) as answer:  # noqa: S310 - a demo's
            self.home = answer.url
            return answer.read().decode()

    def sign_in(self, email: str, password: str) -> Visitor:
        page = self.read(f"{self.site}/accounts/login/")
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        form = {"csrfmiddlewaretoken": token[1], "login": email, "password": password}
        page = self.read(f"{self.site}/accounts/login/", form)
        if "/2fa/authenticate/" in self.home:
            self.take_second_step(page)
        return self

    def take_second_step(self, page: str) -> None:
        """With the code that the demonstration shows on a page."""
        shown = self.home
        code = re.search(r'class="one-time-code">(\d+)', self.read(f"{self.site}/demo/code/"))
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        self.read(shown, {"csrfmiddlewaretoken": token[1], "code": code[1]})
        if "/2fa/" in self.home:
            raise SystemExit(f"{self.name} was not let in with the code of the moment. Try again.")

    @property
    def cookies(self) -> str:
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.jar)


def visitors(site: str, wanted: set[str]) -> list[Visitor]:
    """A stranger, and everybody the demo prints a sign-in for; or those of them who are wanted."""
    told = subprocess.run(
        [sys.executable, "manage.py", "seed_demo", "--sign-ins", "--json"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    found = [Visitor("stranger", site)] if not wanted or "stranger" in wanted else []
    for one in json.loads(told.stdout):
        if wanted and one["audience"] not in wanted:
            continue
        visitor = Visitor(one["audience"], site)
        if one["email"]:
            found.append(visitor.sign_in(one["email"], one["password"]))
        else:
            # What the demo prints names the address it was told to have, not where it is asked here.
            visitor.read(site + urlsplit(one["page"]).path)
            found.append(visitor)
    return found


def wapiti(command: str, visitor: Visitor, to: Path, seconds: int) -> list[str]:
    """Every finding of wapiti from this visitor's home on."""
    report = to / f"wapiti-{visitor.name}.json"
    excluded = [word for path in NOT_THESE for word in ("-x", f"{visitor.site}/*{path}*")]
    subprocess.run(
        [
            *(command, "--url", visitor.home, "--scope", "domain", "--flush-session"),
            *("--module", "common,csp,cookieflags,http_headers,ssrf,ssti,crlf,permanentxss"),
            *("--max-scan-time", str(seconds), "--max-attack-time", str(seconds // 3)),
            *("--header", f"Cookie: {visitor.cookies}", *excluded),
            *("--level", "1", "--format", "json", "--output", str(report), "--no-bugreport"),
        ],
        stdout=(to / f"wapiti-{visitor.name}.log").open("w"),
        check=False,
    )
    told = json.loads(report.read_text())
    found = {**told["vulnerabilities"], **told["anomalies"]}
    return [
        f"{kind}: {one['method']} {one['path']} {one['parameter']}: {one['info']}"
        for kind, ones in found.items()
        for one in ones
    ]


def lists(visitor: Visitor) -> list[str]:
    """The addresses of this visitor's lists, with every parameter their filters have."""
    found, home = [], visitor.home
    for path in LISTS.get(visitor.name, []):
        base = visitor.site + path if path.startswith("/") else home + path
        try:
            page = visitor.read(base)
        except OSError as trouble:
            sys.stderr.write(f"{visitor.name}: {base}: {trouble}\n")
            continue
        names = {name for form in FILTER.findall(page) for name in FIELD.findall(form)}
        names |= {"q"} if "/admin/" in base else {"page"}
        asked = dict.fromkeys(sorted(names), "1") | {n: TYPED[n] for n in names & TYPED.keys()}
        joined = "&" if urlsplit(base).query else "?"
        found.append(f"{base}{joined}{urlencode(asked)}")
    return found


def sqlmap(command: str, url: str, visitor: Visitor, to: Path) -> list[str]:
    """What sqlmap could inject into at this address."""
    log = to / f"sqlmap-{visitor.name}.log"
    done = subprocess.run(
        [
            *(command, "--url", url, "--cookie", visitor.cookies, "--batch", "--flush-session"),
            *("--dbms", "postgresql", "--level", "1", "--risk", "1", "--timeout", "20"),
            *("--skip-waf", "--disable-coloring", "--output-dir", str(to / "sqlmap")),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    with log.open("a") as kept:
        kept.write(f"\n== {url}\n{done.stdout}")
    troubled = re.findall(
        r"is vulnerable|are vulnerable|500 \(Internal Server Error\) - \d+ times", done.stdout
    )
    return [f"{url}: {said}" for said in troubled]


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("site")
    asked.add_argument("--to", type=Path, default=ROOT / "var" / "scans")
    asked.add_argument("--wapiti", default="")
    asked.add_argument("--sqlmap", default="")
    asked.add_argument("--who", default="", help="only these audiences, with commas between")
    asked.add_argument("--seconds", type=int, default=SECONDS_EACH, help="for wapiti, each")
    given = asked.parse_args()
    given.to.mkdir(parents=True, exist_ok=True)
    found = []
    for visitor in visitors(given.site, set(filter(None, given.who.split(",")))):
        home = visitor.home
        if given.sqlmap:
            for url in lists(visitor):
                found += sqlmap(given.sqlmap, url, visitor, given.to)
                visitor.home = home
        if given.wapiti:
            found += wapiti(given.wapiti, visitor, given.to, given.seconds)
    sys.stdout.write("\n".join([*found, f"{len(found)} findings", ""]))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
