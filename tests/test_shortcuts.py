"""What people type for a command: other names, a number or a unit alone, units as words; and the line to type instead."""

from __future__ import annotations

import sys

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gkcheck.cli.registry import ALIASES, COMMANDS, read_request, split_command
from gkcheck.cli.typed.shortcuts import full_line
from gkcheck.cli.typer_app import read_with_typer
from gkcheck.errors import BadCommandLine
from tests import processes

UNKNOWN = "用 gkcheck --help 查看用法"


@pytest.mark.parametrize(
    ("line", "full"),
    [
        ("list", "tasks"),
        ("ls 教育局 --json", "tasks 教育局 --json"),
        ("--plan x.yaml ls", "--plan x.yaml tasks"),
        ("find 招生", "tasks --match 招生"),
        ("search 义务教育 招生 --section 九", "tasks --section 九 --match 义务教育 --match 招生"),
        ("search", "tasks --match"),
        ("search --section 九", "tasks --section 九 --match"),
        ("search --help", "tasks --help"),
        ("overdue 教育局", "tasks --overdue 教育局"),
        ("todo", "tasks --status todo"),
        ("finish 9 -u 教育局", "done 9 -u 教育局"),
        ("version", "-V"),
        ("help", "--help"),
        ("help done", "done --help"),
        ("help finish", "done --help"),
        ("help help", "--help"),
        ("help nothing", "nothing --help"),
        ("帮助 done", "done --help"),
        ("TASKS 教育局", "tasks 教育局"),
        ("LS", "tasks"),
        ("search --match 招生", "tasks --match 招生"),
        ("23", "show 23"),
        ("（二十三） --json", "show （二十三） --json"),
        ("3-5 7", "show 3-5 7"),
        ("教育局", "tasks 教育局"),
        ("教育局、财政局 --overdue", "tasks 教育局、财政局 --overdue"),
        ("jyj", "tasks jyj"),
        ("镇街", "tasks 镇街"),
        ("jy", "jy"),
        ("rm 9", "rm 9"),
        ("tasks 23", "tasks 23"),
        ("", ""),
    ],
)
def test_a_line_is_written_in_full(line, full):
    assert full_line(line.split()) == full.split()


def test_every_other_name_stands_for_a_command_and_is_none():
    for name, line in ALIASES.items():
        assert name not in COMMANDS
        assert line.startswith("-") or line.split()[0] in COMMANDS


@settings(max_examples=30, deadline=None)
@given(
    st.sampled_from([*ALIASES, "23", "教育局"]),
    st.lists(st.sampled_from(["23", "教育局", "招生", "--section=九", "--overdue", "-u", "--json", "-"]), max_size=4),
)
@example("search", ["a", "--json", "b"])
def test_a_line_in_full_is_read_alike_without_typer_and_with_it(name, words):
    line = full_line([name, *words])
    assert split_command(line)[0] in (None, *COMMANDS, *words)
    plain = read_request(line)
    try:
        full = read_with_typer(line)
    except BadCommandLine:
        full = None
    assert plain in (None, full)


@pytest.mark.parametrize("line", ["ls", "search 招生", "23", "教育局", "help done", "tasks 教育局 --json", "-V"])
def test_a_plain_line_loads_no_typer(line):
    script = "import sys; from gkcheck.cli.main import run; run(sys.argv[1:]); sys.exit('typer' in sys.modules)"
    done = processes.run([sys.executable, "-c", script, *line.split()], capture_output=True)
    assert done.returncode == 0, done.stderr.decode()


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("done 23 教育局", "“教育局”是单位，不是编号，应写成：gkcheck done 23 --unit 市教育局"),
        ("done 教育局 23", "“教育局”是单位，不是编号，应写成：gkcheck done 23 --unit 市教育局"),
        ("done 23，教育局、jyj", "“教育局、jyj”是单位，不是编号，应写成：gkcheck done 23 --unit 市教育局"),
        (
            "start 9 教育局 财政局 --by 李",
            "“教育局、财政局”是单位，不是编号，应写成：gkcheck start 9 --by 李 --unit 市教育局、市财政局",
        ),
        ("done 9 教育局 -n a(b)", "“教育局”是单位，不是编号，应写成：gkcheck done 9 -n 'a(b)' --unit 市教育局"),
        (
            "done 教育局",
            "“教育局”是单位，还缺具体要求的编号，应写成：gkcheck done 编号 --unit 市教育局（编号用 gkcheck tasks 市教育局 查看）",
        ),
        ("note 23 教育局 已发文", "“教育局”是单位，不是编号，应写成：gkcheck note 23 已发文 --unit 市教育局"),
        ("note 23 已发文 -n 已上报", "备注写了两处：“已发文”和“已上报”，请只写一处"),
        ("note 23 24x", "“24x”不是具体要求的编号，应写成 23、二十三 或 30-32"),
        ("show 23 教育局", "“教育局”是单位，不是编号，应写成：gkcheck show 23 --unit 市教育局"),
        ("show 教育局", "“教育局”是单位，要看它的责任项，应写成：gkcheck tasks 教育局"),
        ("log 23 教育居", "没有叫“教育居”的单位，"),
        ("tasks 23", "“23”是编号，这里写的是单位；看一项具体要求，应写成：gkcheck show 23"),
        (
            "deadline 23 教育局 12月31日",
            "“教育局”是单位，不是编号，应写成：gkcheck deadline 23 12月31日 --unit 市教育局",
        ),
        (
            "deadline 23 12月31日 教育局",
            "“教育局”是单位，不是编号，应写成：gkcheck deadline 23 12月31日 --unit 市教育局",
        ),
        ("deadline 23", "没有写时限，应写成：gkcheck deadline 23 2019-12-01；取消时限写 none，定期的写 --every"),
        ("deadline 3 5-9", "没有写时限，应写成：gkcheck deadline 3 5-9 2019-12-01；取消时限写 none，定期的写 --every"),
        ("deadline 12月31日 23", "时限写在最后，应写成：gkcheck deadline 23 12月31日；"),
        ("deadline 9月30日", "没有写编号，应写成 gkcheck deadline 编号 9月30日；取消时限写 none，定期的写 --every"),
        ("done help", "要看用法，应写成：gkcheck done --help"),
        ("tasks --mine", "还没有设定默认单位，请先用 gkcheck config set unit 单位名称 设定"),
        ("教育具", "没有叫“教育具”的单位，是否要找：市教育局"),
        ("汇总", "没有“汇总”这个命令，意思相近的有：status（"),
        (
            "done 9 --note --dry-run",
            "选项 --note 后面没有写值，“--dry-run”是一个选项；确要以它为值，请写 --note=--dry-run，",
        ),
        ("done 9 -m -u 教育局", "选项 --note 后面没有写值，“-u”是一个选项；"),
        ("done 9 --note --help", "选项 --note 后面没有写值，“--help”是一个选项；"),
        ("done 9 --note --by=李", "选项 --note 后面没有写值，“--by=李”是一个选项；"),
        ("--plan --store x tasks", "选项 --plan 后面没有写值，“--store”是一个选项；"),
        ("tasks ——unit 教育局", "“——unit”开头的横线应是半角的，请写成 --unit，"),
        ("tasks －－unit=教育局", "“－－unit=教育局”开头的横线应是半角的，请写成 --unit，"),
        ("tasks —u 教育局", "“—u”开头的横线应是半角的，请写成 -u，"),
        ("tasks --json --format csv", "选项 --format 只能写一次，"),
    ],
)
def test_what_cannot_be_taken_is_refused_with_the_line_to_type(gk, line, message):
    answer = gk(*line.split())
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.split("\n")[-2].startswith(f"gkcheck: {message}")
    assert gk("log", "--json").json() == []


@pytest.mark.parametrize(
    ("typed", "suggested"),
    [
        ("taks", "tasks"), ("tsaks", "tasks"), ("stats", "status"), ("stat", "status"), ("dnoe", "done"), ("udno", "undo"),
        ("exprot", "export"), ("delete", ""), ("rm", ""), ("complete", ""), ("show-all", ""), ("view", ""), ("history", ""),
        ("summary", ""), ("print", ""), ("x", ""), ("de", ""), ("revert", ""), ("restore", ""), ("remove", ""), ("stauts", "status"), ("unit", "units"),
        ("evidnece", "evidence"), ("tmeplaet", "template"),
    ],
)  # fmt: skip
def test_a_command_is_suggested_where_it_is_near(gk, typed, suggested):
    """No word that somebody types to look at something leads to a command that writes."""
    hint = f"，是否要用 gkcheck {suggested}" if suggested else ""
    assert gk(typed, "9").err == f"gkcheck: 没有 {typed} 这个命令{hint}，{UNKNOWN}\n"


@pytest.mark.parametrize(
    ("typed", "suggested"),
    [("--unti", "--unit"), ("--dryrun", ""), ("--over", "--overdue"), ("--sor", ""), ("--x", ""), ("-x", "")],
)
def test_an_option_is_suggested_where_it_is_near(gk, typed, suggested):
    hint = f"，是否要用 {suggested}" if suggested else ""
    assert f"没有 {typed} 这个选项{hint}，" in gk("tasks", typed).err


# -- what is understood ----------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["tasks", "status", "matrix", "log", "evidence", "remind", "units"])
def test_a_unit_as_a_word_is_the_unit_of_the_option(gk, command):
    gk("done", "9", "-u", "市教育局", "-e", "https://a.gov.cn/1.html")
    gk("done", "5", "-u", "市财政局", "-e", "https://a.gov.cn/2.html")
    gk("done", "5", "-u", "市民政局", "-e", "https://a.gov.cn/3.html")
    words = gk(command, "市教育局", "市财政局")
    assert words.code == 0
    assert words.out not in ("", gk(command).out)
    if command != "units":
        assert gk(command, "-u", "市教育局、市财政局").out == words.out
        assert gk(command, "市财政局", "-u", "市教育局").out.count("\n") == words.out.count("\n")


@pytest.mark.parametrize(("command", "suffix"), [("form -o {}", "/市教育局.xlsx"), ("export {}/a.csv", "/a.csv")])
def test_a_unit_as_a_word_goes_with_files(gk, command, suffix, tmp_path):
    gk("done", "9", "-u", "市教育局")
    assert gk(*command.format(tmp_path).split(), "教育局").code == 0
    (file,) = tmp_path.iterdir()
    assert str(file) == f"{tmp_path}{suffix}"
    if file.suffix == ".csv":
        assert "财政局" not in file.read_text("utf-8")


def test_numbers_and_units_of_log_stand_side_by_side(gk):
    gk("done", "9", "23", "-u", "市教育局")
    gk("done", "9", "-u", "市财政局")
    assert [(one["task"], one["unit"]) for one in gk("log", "九", "教育局", "--json").json()] == [(9, "市教育局")]
    assert len(gk("log", "9", "23", "--json").json()) == 3


def test_several_tasks_are_shown_one_after_the_other(gk):
    several = gk("show", "4", "3-5", "--json").json()
    assert [one["id"] for one in several] == [4, 3, 5]
    assert gk("show", "4", "--json").json() == several[0]
    assert gk("show", "3", "4").out == gk("show", "3").out.rstrip("\n") + "\n\n" + gk("show", "4").out


def test_words_after_the_number_of_a_note_are_its_text(gk):
    answer = gk("note", "23", "9", "方案已送审", "共 5 份", "-u", "教育局")
    assert "备注：方案已送审 共 5 份" in answer.err
    assert [(one["task"], one["note"]) for one in gk("log", "--json").json()] == [
        (23, "方案已送审 共 5 份"),
        (9, "方案已送审 共 5 份"),
    ]


@pytest.mark.parametrize("option", ["-n", "-m", "--note", "--comment"])
def test_a_note_has_several_spellings_and_help_shows_two(gk, option):
    gk("done", "9", "-u", "市教育局", option, "已发文", "--date", "2019-11-20")
    (entry,) = gk("log", "--json").json()
    assert (entry["note"], entry["on"] if "on" in entry else entry["at"][:10]) == ("已发文", "2019-11-20")
    shown = gk("done", "--help").out
    assert "-n，--note 文字" in shown
    assert not {"--comment", "--date"} & set(shown.replace("，", " ").split())


def test_mine_is_the_default_unit(gk):
    gk("config", "set", "unit", "jyj")
    assert gk("tasks", "--mine", "--json").json() == gk("tasks", "市教育局", "--json").json()


def test_a_plan_named_on_the_line_tells_its_units(gk, tmp_path):
    plan = tmp_path / "plan.yaml"
    plan.write_text(
        "format: 1\nid: p\ntitle: 表\nunits:\n  - {name: 县林草局}\nsections:\n  - number: 一\n    title: 甲\n"
        "    tasks:\n      - {id: 1, number: 一, text: 公开信息, responsible: [县林草局]}\n",
        "utf-8",
    )
    assert gk("林草局").code == 2
    assert "县林草局" in gk("林草局", "--plan", plan).out
    assert "县林草局" in gk("--plan", plan, "lcj").out


def test_the_overview_leads_a_clerk_to_fill_and_the_office_to_review(gk):
    gk("done", "23", "-u", "市教育局")
    office = gk().out
    assert "gkcheck review" in office
    assert "gkcheck fill" not in office
    gk("config", "set", "unit", "市教育局")
    gk("deadline", "1", "2019-01-01")
    clerk = gk().out
    assert "gkcheck fill                     逐项填报还没有办完的 21 个责任项" in clerk
    assert "gkcheck tasks --mine --overdue   看逾期的 1 项" in clerk
    assert "review" not in clerk
    gk("config", "set", "unit", "各镇（街）")
    assert "gkcheck review" in gk().out
