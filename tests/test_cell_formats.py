"""Numbers and texts as the cells of a workbook show them."""

from __future__ import annotations

import pytest

from gkcheck.importers.formats.cell_formats import shown_number, shown_text


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (6, '0"月底前"', "6月底前"), (3, '[DBNum1]"第"0"季度末"', "第三季度末"), (20241231, '0000"年"00"月"00"日前"', "2024年12月31日前"),
        (1, "0%", "100%"), (0.955, "0.00%", "95.5%"), (0.3, "General", "0.3"), (1, '"（"0"）"', "（1）"), (3, "000", "003"),
        (2, "[DBNum1][$-804]General", "二"), (12, "[DBNum1]General", "十二"), (5, "[DBNum2]General", "伍"), (12, "[DBNum3]0", "１２"),
        (12345.6, "#,##0.00", "12,345.60"), (1500000, '0.0,"万"', "1500.0万"), (100, '"¥"#,##0', "¥100"), (2.5, "0.0#", "2.5"),
        (-5, "0;[Red]-0", "-5"), (-5, "0_);(0)", "(5)"), (-3, "General", "-3"), (0, "0;-0;无", "无"), (1, ";;;", ""), (1, "@", "1"),
        (1, '[=1]"是";[=0]"否";General', "是"), (0, '[=1]"是";[=0]"否";General', "否"), (7, '[=1]"是";[=0]"否";General', "7"),
        (7, '#"月"', "7月"), (12, r"\第0\项", "第12项"), (12, '00"-"0', "01-2"), (1, '"长期"', "长期"), (1.25, "# ?/?", "1.25"),
        (45657, 'yyyy"年"m"月"d"日前"', "2024年12月31日前"), (45657, "[$-804]yyyy\"年\"m\"月\";@", "2024年12月"), (45657, "m/d/yy", "2024-12-31"),
        (45657, 'm"月"d"日"', "12月31日"), (45657, "[DBNum1][$-804]yyyy\"年\"m\"月\"d\"日\"", "二〇二四年十二月三十一日"),
        (45657, "yyyy/m", "2024年12月"), (45657.5, "h:mm", "12:00"), (45657, "aaaa", "星期二"), (1e15, "yyyy-mm-dd", "1e+15"),
    ],
)  # fmt: skip
def test_a_number_as_its_cell_shows_it(value, code, shown):
    assert shown_number(float(value), code) == shown


def test_days_may_count_from_1904():
    assert shown_number(44195.0, "yyyy-mm-dd", since_1904=True) == "2024-12-31"


@pytest.mark.parametrize(
    ("text", "code", "shown"),
    [
        ("财政局", '"县"@', "县财政局"),
        ("长期", "General", "长期"),
        ("长期", "0;-0;0;@", "长期"),
        ("长期", ";;;", ""),
        ("长期", "0%", "长期"),
    ],
)
def test_a_text_as_its_cell_shows_it(text, code, shown):
    assert shown_text(text, code) == shown
