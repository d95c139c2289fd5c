"""Names of bodies, of classes of bodies, and of persons, told from other words."""

from __future__ import annotations

import pytest

from gkcheck.importers.recognize.org_names import is_certain_org_name, is_group_name, is_org_name, is_person


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("市教育局", True), ("发展改革局", True), ("各科室", True), ("办公室", True), ("团县委", True), ("供电公司", True), ("涉及单位", True),
        ("市各行政执法单位", True), ("人民银行临汀市中心支行", True), ("规划处（健身办）", True), ("各县（市、区）人民政府", True),
        ("加强宣传", False), ("做好培训", False), ("召开新闻发布会", False), ("财务公开", False), ("开展政务公开的单位", False), ("各项任务", False),
        ("社会", False), ("机会", False), ("全市", False), ("2021年", False), ("局", False), ("市教育局。", False),
        ("王小明", False), ("", False),
    ],
)  # fmt: skip
def test_the_name_of_one_body_or_of_a_class(text, answer):
    assert is_org_name(text) is answer


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("各镇（街）", True), ("市直各单位", True), ("县直有关部门", True), ("区政府有关部门", True), ("各县（市、区）人民政府", True),
        ("相关单位", True), ("成员单位", True), ("涉及审批的单位", True), ("全市各学校", True), ("市各行政执法单位", True),
        ("市教育局", False), ("办公室", False), ("团县委", False), ("人民银行", False), ("", False),
    ],
)  # fmt: skip
def test_a_printed_class_of_bodies(name, answer):
    assert is_group_name(name) is answer


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("王小明", True), ("刘晓东", True), ("王某", True), ("王某某", True), ("李局长", True), ("副市长", True), ("陈同志", True),
        ("市教育局", False), ("王家园区", False), ("小明", False), ("张三", False), ("政务公开", False), ("年底前", False), ("", False),
    ],
)  # fmt: skip
def test_a_person(text, answer):
    assert is_person(text) is answer


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("市教育局", True), ("教育局", True), ("团委", True), ("各镇", True), ("办公室", True), ("市公司", True),
        ("银行", False), ("公司", False), ("政府", False), ("社会", False), ("会", False), ("一部", False), ("", False),
    ],
)  # fmt: skip
def test_a_name_that_ordinary_words_seldom_look_like(text, answer):
    assert is_certain_org_name(text) is answer
