"""Formulas are drawn with the fonts, and read with the table of signs, that come along."""

from PyInstaller.utils.hooks import collect_data_files

datas = [
    *collect_data_files("ziamath"),
    *collect_data_files("ziafont"),
    *collect_data_files("latex2mathml"),
]
