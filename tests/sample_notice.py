"""Write samples/通知.docx: a notice of our own, of a city that does not exist, with its table as an annex.

`python -m tests.sample_notice` writes it anew.
"""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

from docx import Document
from docx.shared import Cm

NOTICE = Path(__file__).resolve().parents[1] / "samples" / "通知.docx"

COVER = """\
明川市人民政府办公室关于印发明川市2019年政务公开工作要点责任分工表的通知
明府办函〔2019〕18号
各镇人民政府、街道办事处，市直各单位：
《明川市2019年政务公开工作要点责任分工表》已经市政府同意，现印发给你们，请认真贯彻执行。
明川市人民政府办公室
2019年3月20日
附件
明川市2019年政务公开工作要点责任分工表"""

HEADER = ("工作任务", "具体要求", "责任单位", "完成时限")

TASKS = (
    ("一、公开重大决策", "（一）编制年度重大行政决策事项目录，向社会公布。", "市司法局牵头，市发展和改革局配合", "4月底前"),
    ("一、公开重大决策", "（二）制定与群众利益有关的文件，公布前征求意见不少于三十日。", "市司法局、市教育局、市民政局、市住房和城乡建设局", "长期坚持"),
    ("二、公开民生信息", "（三）公布义务教育招生范围、报名条件和录取结果。", "市教育局", "8月底前"),
    ("二、公开民生信息", "（四）公布饮用水水质监测结果。", "市水利局、市卫生健康局", "每季度"),
    ("二、公开民生信息", "（五）公布城乡低保和特困供养的标准、人数。", "市民政局", "6月底前"),
    ("二、公开民生信息", "（六）公布老旧小区改造的计划和进度。", "市住房和城乡建设局牵头，市财政局配合", "年底前"),
    ("三、公开财政和项目信息", "（七）公开部门预算，说明“三公”经费增减的原因。", "市财政局", "5月底前"),
    ("三、公开财政和项目信息", "（八）公开重大建设项目的批准、招标和施工进度。", "市发展和改革局牵头，市财政局、市住房和城乡建设局、市水利局配合", "年底前"),
    ("四、办好公开平台", "（九）更新政府网站上本单位的专栏，撤下失效的内容。", "各镇（街道），市直各单位", "6月底前"),
    ("四、办好公开平台", "（十）在办事大厅设立政务公开专区。", "市政务服务数据管理局牵头，各镇（街道）配合", "11月底前"),
)  # fmt: skip


def write(path: Path) -> None:
    """Write the notice: the covering letter, a page break, a table whose headings are merged cells."""
    document = Document()
    for line in COVER.split("\n"):
        if line == "附件":
            document.add_page_break()
        document.add_paragraph(line)
    table = document.add_table(rows=1, cols=len(HEADER), style="Table Grid")
    for cell, text in zip(table.rows[0].cells, HEADER, strict=True):
        cell.text = text
    for heading, tasks in groupby(TASKS, key=lambda row: row[0]):
        rows = []
        for _, *texts in tasks:
            rows.append(table.add_row())
            for cell, text in zip(rows[-1].cells[1:], texts, strict=True):
                cell.text = text
        rows[0].cells[0].merge(rows[-1].cells[0]).text = heading
    for column, width in zip(table.columns, (3, 6.5, 4.5, 2), strict=True):
        for cell in column.cells:
            cell.width = Cm(width)
    document.core_properties.author = "gkcheck"
    document.core_properties.title = COVER.split("\n")[0]
    document.save(str(path))


if __name__ == "__main__":
    write(NOTICE)
