"""Opens a JSON file in labelme's own window, without a screen, and writes its labels as labelme's exporter makes them.

    QT_QPA_PLATFORM=offscreen python3 labelme_shapes.py FILE.json OUT.bin

Prints labelme's version, how many shapes its window shows, and height and width of what OUT.bin holds, one byte a pixel.
"""
import sys

import labelme
from labelme.app import MainWindow
from labelme.config import get_config
from labelme.label_file import LabelFile
from labelme.utils import img_data_to_arr, shapes_to_label
from qtpy import QtWidgets

source, target = sys.argv[1:]
application = QtWidgets.QApplication(sys.argv[:1])
window = MainWindow(config=get_config(), filename=source)
application.processEvents()
content = LabelFile(source)
size = img_data_to_arr(content.imageData).shape
labels, _ = shapes_to_label(size, content.shapes, {"_background_": 0, "crack": 1})
with open(target, "wb") as file:
    file.write(labels.astype("uint8").tobytes())
print(labelme.__version__, len(window.labelList), *labels.shape)
