package dev.ganglion.sensor.series;

import java.util.Arrays;

/**
 * What was read, in the order of the columns, then time and stream. Cells are stripped; what is not
 * there is empty. Reused for each row.
 */
final class Row {
    private final String[] cells;

    Row(int columns) {
        cells = new String[columns + 2];
        clear();
    }

    void clear() {
        Arrays.fill(cells, "");
    }

    void set(int place, String cell) {
        cells[place] = cell;
    }

    String cell(int column) {
        return cells[column];
    }

    String time() {
        return cells[cells.length - 2];
    }

    String stream() {
        return cells[cells.length - 1];
    }

    /** {@return how many cells there are: the columns, time and stream} */
    int size() {
        return cells.length;
    }
}
