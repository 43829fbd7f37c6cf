"""The topic scheme of contract v1."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensors import topics
from sensors.topics import Kind, Topic

NAMES = st.from_regex(r"[A-Za-z0-9._-]{1,64}", fullmatch=True)


def test_topics_as_the_contract_spells_them() -> None:
    assert topics.order_topic("fs", "jingming", "militia-1") == "fs/jingming/militia-1/order"
    assert topics.receipt_topic("fs", "jingming", "ljg-01") == "fs/jingming/ljg-01/receipt"
    assert topics.notice_topic("fs", "jingming") == "fs/jingming/all/notice"
    assert topics.notice_topic("fsx", "jingming", "v03") == "fsx/jingming/v03/notice"
    assert topics.status_topic("fs", "jingming") == "fs/jingming/post/status"
    assert topics.up_topic("fs", "jingming", "a.b_c-D", Kind.REPLY) == "fs/jingming/a.b_c-D/reply"
    assert topics.up_filter("fs", "jingming", Kind.ALARM) == "fs/jingming/+/alarm"


@pytest.mark.parametrize(
    "topic",
    [
        "",
        "fs/jingming/a",
        "fs/jingming/a/alarm/",
        "/fs/jingming/a/alarm",
        "fz/jingming/a/alarm",
        "fs/Jingming/a/alarm",
        "fs/jing_ming/a/alarm",
        "fs//a/alarm",
        "fs/jingming//alarm",
        "fs/jingming/雷家沟/alarm",
        "fs/jingming/a b/alarm",
        "fs/jingming/a\n/alarm",
        "fs/jingming/+/alarm",
        "fs/jingming/a/siren",
        "fs/jingming/a/Alarm",
        f"fs/{'t' * 33}/a/alarm",
        f"fs/jingming/{'a' * 65}/alarm",
    ],
)
def test_not_a_topic(topic: str) -> None:
    assert topics.parse(topic) is None


def test_every_kind_goes_one_way() -> None:
    assert set(Kind) == topics.UP | topics.DOWN
    assert not topics.UP & topics.DOWN


@pytest.mark.parametrize(
    ("township", "name"), [("jing/ming", "a"), ("", "a"), ("jingming", "a/b"), ("jingming", "#")]
)
def test_a_name_that_does_not_fit_is_refused_when_building(township: str, name: str) -> None:
    with pytest.raises(ValueError, match="not a topic"):
        topics.order_topic("fs", township, name)


def test_reserved_names_are_nobodys_own() -> None:
    assert topics.is_name("militia-1")
    assert not any(topics.is_name(name) for name in ("all", "post", "console", "", "a/b"))


@given(st.sampled_from(["fs", "fsx"]), NAMES, st.sampled_from(list(Kind)))
def test_parse_is_the_inverse_of_build(root: str, name: str, kind: Kind) -> None:
    topic = topics.build(root, "jingming", name, kind)
    assert topics.parse(topic) == Topic(root, "jingming", name, kind)
    assert str(topics.parse(topic)) == topic


@given(st.text(max_size=40))
def test_parse_never_raises(topic: str) -> None:
    parsed = topics.parse(topic)
    assert parsed is None or str(parsed) == topic
