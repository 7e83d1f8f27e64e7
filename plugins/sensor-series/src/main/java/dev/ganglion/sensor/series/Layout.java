package dev.ganglion.sensor.series;

import dev.ganglion.api.data.GanglionException;
import org.jspecify.annotations.Nullable;

/**
 * Where in the rows of a source the cells stand.
 *
 * @param places for each cell of a {@link Row} its index in the source, -1 for none
 * @param least how many cells a row has at least
 * @param most how many at most
 */
record Layout(int[] places, int least, int most) {
    /**
     * Takes a row apart.
     *
     * @return null when it was done, else what is wrong with the row, as the end of a sentence
     */
    @Nullable String fill(Row row, CsvLine from) {
        if (from.size() < least || from.size() > most) {
            return "the row has "
                    + from.size()
                    + (from.size() == 1 ? " cell, and " : " cells, and ")
                    + (most == Integer.MAX_VALUE ? "at least " : "")
                    + least
                    + (least == 1 ? " was" : " were")
                    + " expected; correct the row, or set another delimiter";
        }
        for (int i = 0; i < places.length; i++) {
            row.set(i, places[i] < 0 ? "" : from.cell(places[i]));
        }
        return null;
    }

    /**
     * {@return the layout of rows that begin with a row number for which the header has no name, as
     * R writes them, when this first row is such a one; else this layout}
     */
    Layout shiftedFor(CsvLine firstRow) {
        if (firstRow.size() != most + 1
                || !firstRow.startsQuoted()
                || !isWhole(firstRow.cell(0))
                || firstRow.cell(most).isEmpty()) {
            return this;
        }
        int[] shifted = new int[places.length];
        for (int i = 0; i < places.length; i++) {
            shifted[i] = places[i] < 0 ? -1 : places[i] + 1;
        }
        return new Layout(shifted, least + 1, most + 1);
    }

    private static boolean isWhole(String cell) {
        for (int i = 0; i < cell.length(); i++) {
            if (cell.charAt(i) < '0' || cell.charAt(i) > '9') {
                return false;
            }
        }
        return !cell.isEmpty();
    }

    /** {@return what to throw when options and source do not fit} */
    static GanglionException setup(String owner, String what) {
        return new GanglionException(GanglionException.Kind.SETUP, owner + ": " + what);
    }
}
