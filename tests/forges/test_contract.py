"""One contract for all hosts of pull requests, against servers that answer as their published APIs say."""

from __future__ import annotations

import asyncio

import pytest

from core.config import ForgeSection
from core.errors import BoatyardError, ForgeError, NotFoundError, UsageError
from core.forges.errors import RateLimitedError, RefusedError
from core.forges.forge import Draft, Edit, Forge
from core.forges.http import TRIES
from core.forges.opening import Forges
from core.values.comments import Side
from core.values.pull_requests import CheckStatus, PullStatus
from tests.forges.conftest import naps
from tests.forges.host import FORK, REPOSITORY, START, TOKEN, Fault, Host, Remark, Run

BRANCH = "boatyard/fix-it"
DRAFT = Draft(BRANCH, "main", "Fix it", "What was wrong.")


async def test_one_is_found_only_when_it_is_there_and_open(host: Host, forge: Forge) -> None:
    assert await forge.find(BRANCH, "main") is None
    made = await forge.create(DRAFT)
    assert (made.number, made.title, made.body, made.draft) == (1, "Fix it", "What was wrong.", False)
    assert (made.branch, made.base, made.head, made.status) == (BRANCH, "main", "a" * 40, PullStatus.OPEN)
    assert made.url.startswith(host.url) and made.merge_commit == ""
    assert await forge.find(BRANCH, "main") == made
    assert await forge.find(BRANCH, "other") is None
    assert await forge.find("boatyard/fix", "main") is None
    host.pull(1).state = "closed"
    assert await forge.find(BRANCH, "main") is None


async def test_a_second_one_is_refused_in_the_hosts_own_words(host: Host, forge: Forge) -> None:
    await forge.create(DRAFT)
    with pytest.raises(RefusedError, match="already exists") as caught:
        await forge.create(DRAFT)
    assert caught.value.status in (409, 422)
    assert len(host.pulls) == 1


async def test_one_from_a_fork_is_opened_in_the_repository_it_is_for(host: Host, forge: Forge) -> None:
    theirs = Draft(BRANCH, "main", "From a fork", "", fork=FORK)
    made = await forge.create(theirs)
    assert (host.pull(1).fork, host.pull(1).branch, made.base) == (FORK, BRANCH, "main")
    assert await forge.find(BRANCH, "main", FORK) == made
    own = await forge.create(DRAFT)
    assert own.number == 2, "the branch of the same name in the repository itself is another one"


async def test_a_branch_that_is_not_there_is_refused(forge: Forge) -> None:
    with pytest.raises((RefusedError, NotFoundError)):
        await forge.create(Draft("boatyard/unknown", "main", "T", "B"))


async def test_title_text_and_draft_are_changed_one_by_one(host: Host, forge: Forge) -> None:
    made = await forge.create(Draft(BRANCH, "main", "Fix it", "", draft=True))
    assert (made.title, made.draft) == ("Fix it", True)
    made = await forge.update(made, Edit(title="Fix it all"))
    assert (made.title, made.draft, made.body) == ("Fix it all", True, "")
    made = await forge.update(made, Edit(draft=False))
    assert (made.title, made.draft) == ("Fix it all", False)
    made = await forge.update(made, Edit(body="why", draft=True))
    assert (made.title, made.draft, made.body) == ("Fix it all", True, "why")
    assert await forge.update(made, Edit()) == made
    assert await forge.get(1) == made


async def test_merged_and_closed_are_told_apart(host: Host, forge: Forge) -> None:
    await forge.create(DRAFT)
    host.merge(1)
    merged = await forge.get(1)
    assert (merged.status, merged.merge_commit) == (PullStatus.MERGED, "c" * 40)
    assert merged.merged_at == START.timestamp() + 60
    host.branches["boatyard/other"] = "b" * 40
    await forge.create(Draft("boatyard/other", "main", "Other", ""))
    host.pull(2).state = "closed"
    assert (await forge.get(2)).status is PullStatus.CLOSED


async def test_checks_are_the_latest_of_each_name_and_over_all_pages(host: Host, forge: Forge) -> None:
    pull = await forge.create(DRAFT)
    host.page_size = 2
    host.runs = [
        Run(2001, "lint", "passed"), Run(2002, "tests", "failed", "3 of 80 failed", "line 1\nline 2\n"),
        Run(2003, "docs", "skipped"), Run(2004, "build", "pending"),
    ]  # fmt: skip
    found = {check.name: check for check in await forge.checks(pull)}
    found.pop("legacy/cla", None)
    assert {name: check.status for name, check in found.items()} == {
        "tests": CheckStatus.FAILED, "build": CheckStatus.PENDING, "lint": CheckStatus.PASSED,
        "docs": CheckStatus.SKIPPED,
    }  # fmt: skip
    assert next(iter(found)) == "tests", "what failed comes first"
    assert found["tests"].summary == "3 of 80 failed"
    assert found["tests"].url.startswith("http://"), "a path alone leads nowhere"
    log = await forge.log(found["tests"])
    assert log == ("line 1\nline 2\n" if host.kind != "gitea" else "")


async def test_of_a_long_log_the_end_is_read(
    host: Host, forge: Forge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.forges.http.LOG_BYTES", 1000)
    pull = await forge.create(DRAFT)
    host.runs = [Run(2002, "tests", "failed", log="line\n" * 100_000 + "end\n")]
    (check,) = [each for each in await forge.checks(pull) if each.name == "tests"]
    log = await forge.log(check)
    assert host.kind == "gitea" or (len(log) == 1000 and log.endswith("line\nend\n"))


async def test_comments_have_their_places_and_marks(host: Host, forge: Forge) -> None:
    pull = await forge.create(DRAFT)
    host.page_size = 2
    host.remarks = [
        Remark(11, "Why?", path="a.txt", line=7), Remark(12, "Gone", path="a.txt", line=3, old=True),
        Remark(13, "Whole thing"),
        Remark(14, "Done", author="bob", path="b.txt", line=9, start=8, resolved=True),
        Remark(15, "Because", author="bob", path="a.txt", line=7, answers=11),
    ]  # fmt: skip
    found = {each.body: each for each in await forge.comments(pull)}
    assert list(found) == ["Why?", "Gone", "Whole thing", "Done", "Because"]
    why, gone, done = found["Why?"], found["Gone"], found["Done"]
    assert (why.author, why.path, why.side, why.first, why.last) == ("ann", "a.txt", Side.NEW, 7, 7)
    assert (gone.side, gone.last) == (Side.OLD, 3)
    assert found["Whole thing"].path == ""
    assert [each.resolved for each in (why, gone, done)] == [False, False, True]
    assert (done.author, done.last) == ("bob", 9)
    assert why.created_at == START.timestamp() + 11
    if host.kind != "gitea":  # whose API knows neither ranges nor threads
        assert (done.first, why.replies, found["Because"].reply) == (8, 1, True)


async def test_it_is_told_whose_token_it_is(host: Host, forge: Forge) -> None:
    assert await forge.who() == "octo"


async def test_a_token_that_is_not_taken(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THE_TOKEN", "an-old-one")
    forges = Forges(lambda: {"test": ForgeSection(kind=host.kind, url=host.url, token="env:THE_TOKEN")})
    forge = await forges.open(forges.place(f"{host.url}/{REPOSITORY}"))
    with pytest.raises(RefusedError, match="401") as caught:
        await forge.who()
    assert caught.value.status == 401 and "an-old-one" not in str(caught.value.document())
    monkeypatch.setenv("THE_TOKEN", TOKEN)
    again = await forges.open(forges.place(f"{host.url}/{REPOSITORY}"))
    assert await again.who() == "octo"
    await forges.close()


@pytest.mark.parametrize("status", [403, 404])
async def test_a_token_that_may_not_see_it_is_asked_for_anew(
    host: Host, forges: Forges, forge: Forge, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    place = forges.place(f"{host.url}/{REPOSITORY}")
    assert (await forges.open(place)).http is forge.http
    host.faults = [Fault(status, body='{"message": "no"}')]
    with pytest.raises(BoatyardError):
        await forge.who()
    assert (await forges.open(place)).http is forge.http, "it is the same token"
    assert await (await forges.open(place)).who() == "octo"
    host.faults = [Fault(status)]
    with pytest.raises(BoatyardError):
        await forge.who()
    monkeypatch.setenv("THE_TOKEN", "another")
    with pytest.raises(RefusedError, match="401"):
        await (await forges.open(place)).who()


async def test_what_is_not_there(host: Host, forges: Forges, forge: Forge) -> None:
    with pytest.raises(NotFoundError, match="has no such thing"):
        await forge.get(99)
    other = await forges.open(forges.place(f"{host.url}/team/other"))
    with pytest.raises(NotFoundError):
        await other.find(BRANCH, "main")


async def test_what_has_not_changed_is_not_sent_again(host: Host, forge: Forge) -> None:
    made = await forge.create(DRAFT)
    first, second = await forge.get(1), await forge.get(1)
    assert made == first == second
    assert [each.status for each in host.asked[-2:]] == [200, 304]
    host.merge(1)
    assert (await forge.get(1)).status is PullStatus.MERGED


async def test_a_failing_host_is_asked_again_with_growing_pauses(host: Host, forge: Forge) -> None:
    await forge.create(DRAFT)
    host.faults = [Fault(503), Fault(502)]
    assert (await forge.get(1)).number == 1
    assert naps(forge) == [1.0, 2.0]
    host.faults = [Fault(500, body="{}")] * TRIES
    with pytest.raises(RefusedError, match="500: Internal Server Error"):
        await forge.get(1)


@pytest.mark.parametrize(
    ("page", "said"),
    [
        (
            "<html><head><title>502 Bad\n Gateway</title></head><body><hr>nginx</body></html>",
            "502 Bad Gateway",
        ),
        ("<!doctype html><body><H1 class=a>Down <b>&amp;</b> out</H1>", "Down & out"),
        ("<html><p>sorry</p></html>", "Bad Gateway"),
        ("sorry\nfor that", "sorry for that"),
    ],
)
async def test_of_a_page_in_place_of_an_answer_its_heading_is_told(
    host: Host, forge: Forge, page: str, said: str
) -> None:
    host.faults = [Fault(502, body=page)] * TRIES
    with pytest.raises(RefusedError) as caught:
        await forge.who()
    assert caught.value.message.endswith(f"answers 502: {said}")


async def test_a_change_is_never_made_twice(host: Host, forge: Forge) -> None:
    host.faults = [Fault(502, after=True)]
    with pytest.raises(RefusedError, match="502"):
        await forge.create(DRAFT)
    assert len(host.pulls) == 1
    found = await forge.find(BRANCH, "main")
    assert found is not None and found.number == 1


LIMITS = {
    "github": Fault(
        403, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "2000"}, '{"message": "API rate limit"}'
    ),
    "gitlab": Fault(429, {"RateLimit-Remaining": "0", "RateLimit-Reset": "2000"}, "Retry later"),
    "gitea": Fault(429, {"Retry-After": "1000"}, "Too Many Requests"),
}


async def test_a_rate_limit_is_told_with_its_end(host: Host, forge: Forge) -> None:
    forge.http.clock = lambda: 1000.0
    host.faults = [LIMITS[host.kind]]
    with pytest.raises(RateLimitedError, match="no more requests for 1000 s") as caught:
        await forge.who()
    assert caught.value.until == 2000.0
    assert host.asked[-1].status in (403, 429) and naps(forge) == []


async def test_a_short_limit_is_waited_for(host: Host, forge: Forge) -> None:
    host.faults = [Fault(429, {"Retry-After": "2"})]
    assert await forge.who() == "octo"
    assert naps(forge) == [2.0]


async def test_a_token_without_the_right_is_no_rate_limit(host: Host, forge: Forge) -> None:
    host.faults = [Fault(403, body='{"message": "Resource not accessible by personal access token"}')]
    with pytest.raises(RefusedError, match="not accessible") as caught:
        await forge.who()
    assert "right to write" in caught.value.hint


async def test_a_host_that_does_not_answer_in_time(host: Host, forge: Forge) -> None:
    forge.http.seconds = 0.2
    host.faults = [Fault(hangs=True)]
    with pytest.raises(ForgeError, match="does not answer within"):
        await forge.who()
    assert naps(forge) == [], "it is not waited for a second time"


async def test_a_host_that_is_not_there(host: Host, forge: Forge) -> None:
    await host.__aexit__(None, None, None)
    with pytest.raises(ForgeError, match="does not answer"):
        await forge.who()
    await host.__aenter__()


async def test_an_answer_that_is_too_long_or_no_json(
    host: Host, forge: Forge, monkeypatch: pytest.MonkeyPatch
) -> None:
    host.faults = [Fault(200, body="<html>")]
    with pytest.raises(ForgeError, match="something else than JSON"):
        await forge.who()
    host.faults = [Fault(200, body="[1]")]
    with pytest.raises(ForgeError, match="another form"):
        await forge.get(1)
    monkeypatch.setattr("core.forges.http.BODY_LIMIT", 10)
    with pytest.raises(ForgeError, match="more than 10 bytes"):
        await forge.who()


async def test_the_token_goes_to_no_other_host(host: Host, forge: Forge) -> None:
    elsewhere = host.url.replace("127.0.0.1", "localhost")
    host.faults = [Fault(302, {"Location": f"{elsewhere}/elsewhere/1"})]
    with pytest.raises(ForgeError, match="sends requests on to localhost"):
        await forge.get(1)
    assert len(host.asked) == 1, "the other host was not asked at all"
    await forge.create(DRAFT)
    host.faults = [Fault(301, {"Location": host.asked[-1].path}, method="GET")]
    host.faults[0].headers["Location"] = f"{host.prefix}/user"
    assert await forge.who() == "octo", "on the same host it is followed"
    host.faults = [Fault(302, {"Location": f"{host.prefix}/user"})] * 9
    with pytest.raises(ForgeError, match="in a circle"):
        await forge.who()


async def test_the_token_is_in_no_error_and_no_text_of_an_object(host: Host, forge: Forge) -> None:
    host.faults = [Fault(422, body=f'{{"message": "bad token {TOKEN}"}}')]
    with pytest.raises(RefusedError) as caught:
        await forge.who()
    assert "bad token ***" in caught.value.message
    assert TOKEN not in repr(forge.http) + repr(forge) + str(caught.value.document())


async def test_a_next_page_at_another_host_is_not_asked_for(host: Host, forge: Forge) -> None:
    pull = await forge.create(DRAFT)
    bad = '<http://other.example/x>; rel="next"'
    host.faults = [
        Fault(200, {"Link": bad}, '{"check_runs": []}' if host.kind == "github" else "[]", method="GET")
    ]
    await asyncio.wait_for(forge.checks(pull), 60)
    assert {each.headers["Host"] for each in host.asked} == {host.url.removeprefix("http://")}


@pytest.mark.parametrize("token", ["", "a b", "a\nb", "ü"])
async def test_what_cannot_be_a_token(host: Host, monkeypatch: pytest.MonkeyPatch, token: str) -> None:
    monkeypatch.setenv("THE_TOKEN", token)
    forges = Forges(lambda: {"test": ForgeSection(kind=host.kind, url=host.url, token="env:THE_TOKEN")})
    with pytest.raises(UsageError, match="characters that no token has"):
        await forges.open(forges.place(f"{host.url}/{REPOSITORY}"))
