"""The titles of the columns of a ledger."""

from __future__ import annotations

import pytest

from gkcheck.importers.recognize.ledger_terms import Field, field_of


@pytest.mark.parametrize(
    ("field", "titles"),
    [
        (Field.CLAIM, ["完成情况", "进展情况", "工作进展", "落实情况", "办理情况", "状态", "完成状态", "是否完成", "进度", "完成情况（已完成/推进中）",
                       "完 成\n情 况", "目前状态", "推进情况："]),
        (Field.PROBLEM, ["存在问题", "存在的问题", "存在困难"]),
        (Field.NEXT, ["下一步措施", "下步工作", "下一步工作计划"]),
        (Field.DAY, ["办理日期", "办结时间", "实际完成时间", "办结日期"]),
        (Field.DUE_OR_DAY, ["完成时间", "完成日期"]),
        (Field.REPORTED, ["填报时间", "填报日期", "更新时间", "反馈时间"]),
        (Field.EVIDENCE, ["佐证材料", "佐证", "佐证链接", "公开链接", "证明材料"]),
        (Field.PUBLISHED, ["佐证发布日期", "发布时间", "公开时间"]),
        (Field.REMARK, ["备注", "备注说明", "说明"]),
        (Field.PERSON, ["填报人", "填表人", "报送人", "填报人及电话"]),
        (Field.PHONE, ["联系电话", "手机号码", "联系方式"]),
        (Field.DERIVED, ["审核意见", "审核时间", "催办次数", "逾期"]),
        (None, ["序号", "编号", "工作任务", "具体要求", "责任单位", "牵头单位", "填报单位", "完成时限", "责任人", "职责", "", "2019年政务公开工作任务完成情况台账"]),
    ],
)  # fmt: skip
def test_titles(field, titles):
    assert {title: field_of(title) for title in titles} == dict.fromkeys(titles, field)
