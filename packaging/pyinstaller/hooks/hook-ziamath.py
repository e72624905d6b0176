"""Formulas are drawn with the font, and read with the table of signs, that come along.

The font of ziafont is for texts that name none, which ours never are.
"""

from PyInstaller.utils.hooks import collect_data_files

datas = [
    *collect_data_files("ziamath"),
    *collect_data_files("latex2mathml"),
]
